/* base/log.h - debug messages of lib/. Off unless cmd/ switches them on; written to stderr, escaped.
 * A message for the user is returned (an error, a note in the report), never logged. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

void log_enable(bool on);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);
