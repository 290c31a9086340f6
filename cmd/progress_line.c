#include "cmd/progress_line.h"

#include <ctype.h>
#include <string.h>

#define BAR 24         /* characters */
#define BAR_COLUMNS 60 /* a narrower terminal has no bar */

static void add_bar(double part, bool colour, struct buf *out)
{
	const unsigned full = (unsigned)(part * BAR);
	buf_str(out, colour ? "[\033[32m" : "[");
	for (unsigned i = 0; i < BAR; i++) {
		if (i == full && colour)
			buf_str(out, "\033[0m");
		buf_char(out, i < full ? '#' : '-');
	}
	buf_str(out, full == BAR && colour ? "\033[0m] " : "] ");
}

static void add_left(const struct progress_bar *b, uint64_t now_ms, struct buf *out)
{
	uint64_t s;
	if (!progress_bar_left(b, now_ms, &s))
		return;
	if (s < 120)
		buf_printf(out, ", %llu s left", (unsigned long long)s);
	else if (s < 120 * 60)
		buf_printf(out, ", %llu min left", (unsigned long long)(s + 59) / 60);
	else
		buf_printf(out, ", %llu h left", (unsigned long long)(s + 3599) / 3600);
}

static void add_words(const struct progress_bar *b, uint64_t now_ms, struct buf *out)
{
	const char *words = progress_bar_words(b);
	if (progress_bar_verifies(b))
		buf_printf(out, "Verifying: %c%s", tolower((unsigned char)words[0]), words + 1);
	else
		buf_str(out, words);
	if (!b->total)
		return;
	if (b->in_bytes)
		buf_printf(out, ": %.1f of %.1f MB", (double)b->done / 1e6, (double)b->total / 1e6);
	else
		buf_printf(out, ": %llu of %llu", (unsigned long long)b->done, (unsigned long long)b->total);
	add_left(b, now_ms, out);
}

void progress_line_live(const struct progress_bar *b, uint64_t now_ms, unsigned columns, bool colour, struct buf *out)
{
	CLEANUP_BUF struct buf words = {0};
	const size_t most = columns > 1 ? columns - 1 : 0; /* some terminals break a line that fills the last column */
	size_t used = 0;
	if (b->part >= 0 && columns >= BAR_COLUMNS) {
		add_bar(b->part, colour, out);
		used = BAR + 3;
	}
	if (b->part >= 0)
		buf_printf(&words, "%3u %%  ", (unsigned)(b->part * 100));
	add_words(b, now_ms, &words);
	if (words.len > most - used)
		words.len = most - used;
	buf_append(out, words.data, words.len);
}

void progress_line_plain(const char *stage, uint64_t ms, struct buf *out)
{
	buf_printf(out, "slim: %-8s after %.1f s\n", stage, (double)ms / 1e3);
}
