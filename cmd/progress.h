/* cmd/progress.h - renders progress on stderr: one redrawn line on a terminal, a line per stage elsewhere. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"

/* A struct progress that prints, unless quiet, and that a signal cancels. A verb that uses the store calls
 * runtime_userns_enter (runtime/userns.h) before it. */
int progress_begin(struct progress *out, bool quiet, struct err *err) MUST_CHECK;
/* Take the redrawn line away, before anything else is printed. */
void progress_clear(void);
