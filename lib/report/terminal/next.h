/* report/terminal/next.h - what to do with a finished image, as commands. */
#pragma once

#include "report/report.h"

/* Appends lines with a label of 12 columns, a purpose and a command: how to run the result, how to push it unless it
 * was pushed, how to ask for reasons, and where the page is. Appends nothing if no result was published. report_file,
 * page: as in struct report_terminal. */
void report_terminal_next(const struct report *r, const char *report_file, const char *page, struct buf *out);
