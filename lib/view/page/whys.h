/* view/page/whys.h - why each path of a build is kept or was removed, by node of its tree. The script of the page makes
 * sentences from it, and follows each reason to the path that it names. */
#pragma once

#include "view/tree_of_report.h"

struct view_page_whys {
	/* In a sentence %b stands for the path by, %n for the note and %% for %. */
	struct strset sentences, notes;
	struct view_page_why {
		uint32_t sentence, by, note; /* ids, and a node; VIEW_NONE = none */
		uint32_t order;              /* among the paths that runs used: 1 = the first; 0 = no run used it */
	} * items;
	size_t count;
	/* What few nodes have. An array: node, value, node, value.. */
	json_t *as;    /* the name by which a run used it, if that is not its path */
	json_t *named; /* of a removed path that kept files name: the elements named_by and named_in of a report */
	json_t *link;  /* of a further hard link: the path that has the bytes */
	json_t *seen;  /* the runs that used it, if not all did: an array of their numbers */
};

/* t: of the same report. *facts: the report without its lists of paths. */
int view_page_whys_make(const struct report *r, const struct view_tree *t, struct view_page_whys *out, json_t **facts,
			struct err *err) MUST_CHECK;
void view_page_whys_done(struct view_page_whys *w);
#define CLEANUP_VIEW_PAGE_WHYS CLEANUP(view_page_whys_done)
