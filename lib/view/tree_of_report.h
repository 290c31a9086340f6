/* view/tree_of_report.h - the tree of a build: every path of the original, whether it stays, and why, from the lists
 * "kept" and "dropped" of a report. Strings are as the report has them: bytes that are not UTF-8 are \xNN.
 * A file's bytes after the build are those before, or 0; what is trimmed, such as a package database, counts in full.
 * A further hard link of a file has the size 0, and its reason names the path that has the bytes.
 * An entry that has neither a size nor a target is a directory, unless a package owns it. */
#pragma once

#include "report/report.h"
#include "report/why_lists.h"
#include "text/json_split.h"
#include "view/tree.h"

/* tree: all zero; it is finished. Without lists (a verb other than build) only the root is there.
 * ERR_CORRUPT if the report changed while it was read. */
int view_tree_of_report(const struct report *r, struct view_tree *tree, struct err *err) MUST_CHECK;
/* The same from a report's file. ERR_CORRUPT also if it was written without the lists, ERR_LIMIT if
 * its paths would fill all memory (depth.h). */
int view_tree_of_lists(struct report_why_lists *w, struct view_tree *tree, struct err *err) MUST_CHECK;

/* Gives each element of the lists of a report in memory to each, kept before dropped; e->list is enum report_why_list.
 * *rest: the report with these lists empty. */
int view_report_each(const struct report *r, json_split_each *each, void *ctx, json_t **rest,
		     struct err *err) MUST_CHECK;
