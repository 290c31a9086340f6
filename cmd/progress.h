/* cmd/progress.h - renders progress on stderr: one redrawn line with a bar on a terminal, a line per stage with its
 * time elsewhere. The line is never wider than the terminal. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"
#include "cmd/progress_bar.h"

/* Fills a struct progress that a signal cancels and that prints unless quiet. A verb that uses the store calls
 * runtime_userns_enter (runtime/userns.h) first. */
int progress_begin(struct progress *out, bool quiet, struct err *err) MUST_CHECK;
/* Call it after progress_begin: the stages of this verb share one bar. */
void progress_of(enum progress_whole whole);
/* Fills the bar: all is done. */
void progress_finish(void);
/* Sets the text that says how the user ends a run by hand ("press Enter"). It is shown whenever slim waits for that.
 * Borrowed. */
void progress_set_hand(const char *how);
/* Erases the redrawn line. Call it before anything else is printed. */
void progress_clear(void);
