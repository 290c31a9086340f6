/* report/terminal/terminal.h - the summary of a report for a terminal: lines no wider than it, continued under the
 * second column; sizes stand out; and at the end what to do next. The text is that of report_text. */
#pragma once

#include "report/report.h"

struct report_terminal {
	unsigned columns;
	bool colour;             /* with escape sequences */
	const char *report_file; /* that slim why can read; NULL = none was written */
	const char *page;        /* an HTML page of the report; NULL = none was written */
};

/* Appends lines of the summary of r, such as report_text_brief makes, fitted to the terminal. */
void report_terminal_fit(const struct report *r, const struct report_terminal *t, const char *text, struct buf *out);
void report_terminal_text(const struct report *r, const struct report_terminal *t, struct buf *out);
