/* probe/links/list.h - the references of a page: what a browser would load with it, where its reader can go, and its
 * forms.
 * find.h finds them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum probe_link_kind {
	PROBE_LINK_PART, /* a browser loads it with the page: scripts, styles, images */
	PROBE_LINK_PAGE, /* the reader may go there */
	PROBE_LINK_FORM, /* the same, by sending a form with GET as it stands; the fields are in ref */
	PROBE_LINK_POST, /* a form that is sent with POST */
};

struct probe_link {
	enum probe_link_kind kind;
	char *ref;    /* as it stands in the page, without what surrounds it */
	char *fields; /* of PROBE_LINK_POST: the fields' names, "user, password" */
};

struct probe_links {
	struct probe_link *items; /* in the page's order, LIMIT_LINKS at most */
	size_t count, cap;
	char *base; /* of <base href>, NULL = none */
};

void probe_links_done(struct probe_links *l);
#define CLEANUP_PROBE_LINKS CLEANUP(probe_links_done)

/* ---- for the files that read one kind of body ---- */

#define PROBE_LINKS_SPACE " \t\r\n\f"

/* Adds a reference of n bytes, cleaned as browsers do: no space around it, no line break or tab in it. */
void probe_links_add(struct probe_links *l, enum probe_link_kind kind, const char *s, size_t n);
/* Takes fields over. */
void probe_links_add_post(struct probe_links *l, const char *action, char *fields);
/* What stands between s and end: whether it begins with word, in any case. */
bool probe_links_at(const char *s, const char *end, const char *word);
const char *probe_links_skip_space(const char *s, const char *end);
