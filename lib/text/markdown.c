#include "text/markdown.h"

#include <stdbool.h>
#include <string.h>

/* The longest run of backticks. */
static size_t longest_run(const char *s)
{
	size_t longest = 0;
	for (; *s; s++) {
		const size_t n = strspn(s, "`");
		longest = n > longest ? n : longest;
		s += n ? n - 1 : 0;
	}
	return longest;
}

void markdown_code(struct buf *out, const char *s, size_t max)
{
	CLEANUP_BUF struct buf shown = {0};
	size_t n = strlen(s), keep = n;
	if (n > max)
		for (keep = max; keep && ((unsigned char)s[keep] & 0xc0) == 0x80;)
			keep--;
	buf_escape(&shown, s, keep);
	buf_str(&shown, keep < n ? "..." : "");
	if (!shown.len)
		buf_str(&shown, "\"\"");
	const size_t fence = longest_run(shown.data) + 1;
	const bool pad = shown.data[0] == '`' || shown.data[shown.len - 1] == '`';
	for (size_t i = 0; i < fence; i++)
		buf_char(out, '`');
	buf_printf(out, "%s%s%s", pad ? " " : "", shown.data, pad ? " " : "");
	for (size_t i = 0; i < fence; i++)
		buf_char(out, '`');
}
