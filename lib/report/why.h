/* report/why.h - answers "why is this path there" from the JSON that reasons.h wrote. The JSON comes from outside: it
 * is checked, capped, and escaped before it reaches the terminal. */
#pragma once

#include "report/why_lists.h"

/* The sentence of a reason, in which %b stands for the path that it names, and %n for its note. NULL if the sentence is
 * made of more than these, or the reason is not known. */
const char *report_why_sentence(const char *reason, const char *note);
/* Appends why a path is kept, without those of what it names: "a run used it: open; by /bin/sh". element: of reasons.h.
 */
void report_why_reason(const json_t *element, struct buf *out);

#define REPORT_WHY_STEPS 64 /* of one chain */

/* Appends some lines. *kept: which of the lists has the path. ERR_NOTFOUND if neither has it; ERR_CORRUPT if w is of
 * something else, or of a file that changed; out may have a part of the lines then. */
int report_why_answer(struct report_why_lists *w, const char *path, bool *kept, struct buf *out,
		      struct err *err) MUST_CHECK;
