/* cmd/progress.h - renders progress on stderr: one redrawn line on a terminal, a line per stage elsewhere. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"

/* A struct progress that prints; quiet: prints nothing. */
void progress_render(struct progress *out, int cancel_fd, bool quiet);
/* Take the redrawn line away, before anything else is printed. */
void progress_clear(void);
