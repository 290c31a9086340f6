/* cmd/progress.h - renders progress on stderr: one redrawn line on a terminal, a line per stage elsewhere. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"

/* What a verb that uses the store does before anything else: the rights to unpack (runtime/userns.h), signals, and a
 * struct progress that prints; quiet: prints nothing. */
int progress_begin(struct progress *out, bool quiet, struct err *err) MUST_CHECK;
/* Take the redrawn line away, before anything else is printed. */
void progress_clear(void);
