/* report/timings.h - the steps of a command (base/timings.h), as text for a person and as JSON for the report. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/timings.h"

/* A line for each step, in the order in which they began, with its parts below it: seconds from the start until it
 * began, seconds that it took, its name, what it waited for, and what ran beside it. Escaped for a terminal; ends with
 * a newline. */
void report_timings_text(struct timings *t, struct buf *out);
/* The member "timings" of a report, see slim-report(5). */
json_t *report_timings_json(struct timings *t);
