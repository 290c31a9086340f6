/* cmd/page_file.h - the file of --html: what a verb found, as a page for a browser (view/page/page.h). */
#pragma once

#include "report/report.h"

/* verb: "build" or "verify". Without the lists of the report (reasons.h) the page shows no files. */
int page_file_write_report(const char *path, const char *verb, const struct report *report, struct err *err) MUST_CHECK;
/* ERR_INVAL if path (NULL = no page) and something else are standard output. others: how much else is. */
int page_file_check_stdout(const char *path, size_t others, struct err *err) MUST_CHECK;
