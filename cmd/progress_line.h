/* cmd/progress_line.h - one line of progress, as it is printed. */
#pragma once

#include "base/buf.h"
#include "cmd/progress_bar.h"

/* For a terminal of so many columns, without a line break, and always shorter than the terminal: a bar and percents if
 * the part is known, the stage in words, how much of it is done, and the time that it still takes if that is known.
 * colour: with escape sequences for it. */
void progress_line_live(const struct progress_bar *b, uint64_t now_ms, unsigned columns, bool colour, struct buf *out);
/* For a log: a line for a stage that begins, ms milliseconds after slim started. Its only control character is the
 * line break. */
void progress_line_plain(const char *stage, uint64_t ms, struct buf *out);
