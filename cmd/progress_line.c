#include "cmd/progress_line.h"

#include <string.h>

#define BAR 24 /* characters */

static void add_bar(uint64_t done, uint64_t total, bool colour, struct buf *out)
{
	const uint64_t full = done >= total ? BAR : (uint64_t)((double)done * BAR / (double)total);
	buf_str(out, colour ? " [\033[32m" : " [");
	for (uint64_t i = 0; i < BAR; i++) {
		if (i == full && colour)
			buf_str(out, "\033[0m");
		buf_char(out, i < full ? '#' : '-');
	}
	buf_str(out, full == BAR && colour ? "\033[0m]" : "]");
}

void progress_line_live(const char *stage, uint64_t done, uint64_t total, const char *unit, bool colour,
			struct buf *out)
{
	buf_printf(out, colour ? "\033[1m%s\033[0m" : "%s", stage);
	if (!total)
		return;
	add_bar(done, total, colour, out);
	if (strcmp(unit, "bytes") == 0)
		buf_printf(out, " %.1f of %.1f MB", (double)done / 1e6, (double)total / 1e6);
	else
		buf_printf(out, " %llu of %llu %s", (unsigned long long)done, (unsigned long long)total, unit);
}

void progress_line_plain(const char *stage, uint64_t ms, struct buf *out)
{
	buf_printf(out, "slim: %-8s after %.1f s\n", stage, (double)ms / 1e3);
}
