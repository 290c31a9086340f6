/* report/why.h - the answer to "why is this path there", read from what reasons.h wrote. All of it comes from
 * outside: checked, capped, escaped on its way to the terminal. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

#define REPORT_WHY_STEPS 64 /* of one chain */

/* root: an object with "kept" and, if it is a whole report, "dropped". Appends some lines. ERR_NOTFOUND when neither
 * has the path; ERR_CORRUPT when root is something else. *kept: which of them. */
int report_why_answer(const json_t *root, const char *path, bool *kept, struct buf *out, struct err *err) MUST_CHECK;
