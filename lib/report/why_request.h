/* report/why_request.h - answers "what did this request need" from a report (see needs.h). */
#pragma once

#include "report/why_lists.h"

/* Appends, for each step whose name holds text, the files that it was the first to need, by package and size.
 * ERR_NOTFOUND: there is no such step; the message names those that are there. ERR_CORRUPT as report_why_answer. */
int report_why_request(struct report_why_lists *w, const char *text, struct buf *out, struct err *err) MUST_CHECK;
