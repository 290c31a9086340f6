/* report/why.h - answers "why is this path there" from the JSON that reasons.h wrote. That JSON comes from outside: it
 * is checked, capped, and escaped before it reaches the terminal. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

#define REPORT_WHY_STEPS 64 /* of one chain */

/* root: an object with "kept" and, if it is a whole report, "dropped". Appends some lines. ERR_NOTFOUND if neither has
 * the path; ERR_CORRUPT if root is something else. *kept: which of them has it. */
int report_why_answer(const json_t *root, const char *path, bool *kept, struct buf *out, struct err *err) MUST_CHECK;
