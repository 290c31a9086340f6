/* cmd/explore/terminal/terminal_type.h - whether slim explore can draw on standard output. */
#pragma once

#include "base/err.h"

/* Checks whether standard input and output are a terminal that can place its cursor. Call it before the image is read.
 * ERR_INVAL says what to change. */
int explore_terminal_type_check(struct err *err) MUST_CHECK;
