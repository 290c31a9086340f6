/* cmd/page_file.h - the file of --html: what a verb found, as a page for a browser (view/page/page.h). */
#pragma once

#include "report/diff/diff.h"
#include "report/inspect/inspect_view.h"
#include "report/report.h"
#include "view/tree_of_diff.h"

/* Of slim build. Without the lists of the report (reasons.h) the page shows no files. */
int page_file_write_build(const char *path, const struct report *report, struct err *err) MUST_CHECK;
/* Of slim verify, with the files of tree. */
int page_file_write_verify(const char *path, const struct report *report, const struct view_tree *tree,
			   struct err *err) MUST_CHECK;
/* Of slim inspect: view is shown with the files of i. */
int page_file_write_inspect(const char *path, const struct report_inspect_view *view, const struct view_inspected *i,
			    struct err *err) MUST_CHECK;
/* Of slim diff: d is of the first and the second image. Their configurations are shown as they are. */
int page_file_write_diff(const char *path, const struct report_diff *d, const struct report_diff_side sides[2],
			 struct err *err) MUST_CHECK;
/* ERR_INVAL if path (NULL = no page) and something else are standard output. others: how much else is. */
int page_file_check_stdout(const char *path, size_t others, struct err *err) MUST_CHECK;
