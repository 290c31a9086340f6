/* report/diff/diff.h - compares two images path by path, with sums for each layer, directory and package.
 * Files are compared by the digest of their content, and every entry by kind, mode, owner and target; times are not.
 * Each difference is put down to one layer that the images do not share: to the layer of the second image that brought
 * or removed the path, or else to that of the first image.
 *
 * Layers that both images share may be unread. A path that only one image's own layers have is then taken for gone or
 * added, and is unsure: a shared layer may have it, too. A directory that only one of them lists is no difference,
 * because layers list a directory whenever its content changes. */
#pragma once

#include <jansson.h>

#include "report/diff/data.h"

/* shared, unread: as in struct report_diff. The packages are those of the first image; for added paths, and where the
 * first knows none, those of the second. */
int report_diff_make(const struct report_diff_side sides[2], size_t shared, size_t unread, struct report_diff *out,
		     struct err *err) MUST_CHECK;

/* all: every path, not only the sums. Text is escaped. */
void report_diff_text(const struct report_diff *d, const struct report_diff_side sides[2], bool all, struct buf *out);
/* slim.diff/v1: docs/schemas/diff.schema.json, slim-diff(1). */
void report_diff_json(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out);
/* The same without the list of paths, as an object. */
json_t *report_diff_facts(const struct report_diff *d, const struct report_diff_side sides[2]);
/* Three lines for a pull request: which image is larger, what brought most of it, how many files changed. Names and
 * commands are code in Markdown, so that nothing in them is markup, a link or a mention. */
void report_diff_summary(const struct report_diff *d, const struct report_diff_side sides[2], struct buf *out);
