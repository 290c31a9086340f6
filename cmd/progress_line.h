/* cmd/progress_line.h - one line of progress, as it is printed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* For a terminal, without a line break: the stage, a bar if total is known, and how much is done. colour: with escape
 * sequences for it. */
void progress_line_live(const char *stage, uint64_t done, uint64_t total, const char *unit, bool colour,
			struct buf *out);
/* For a log: a line for a stage that begins, ms milliseconds after slim started. Its only control character is the
 * line break. */
void progress_line_plain(const char *stage, uint64_t ms, struct buf *out);
