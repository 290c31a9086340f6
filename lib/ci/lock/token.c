#include "ci/lock/token.h"

#include <string.h>

static bool is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%';
}

void ci_lock_token_add(struct buf *out, const char *s, size_t n)
{
	if (!n)
		buf_char(out, '-');
	else if (n == 1 && s[0] == '-')
		buf_str(out, "%2D");
	else
		for (size_t i = 0; i < n; i++)
			if (is_plain((unsigned char)s[i]))
				buf_char(out, s[i]);
			else
				buf_printf(out, "%%%02X", (unsigned char)s[i]);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool ci_lock_token_text(const char *word, size_t n, struct buf *out)
{
	if (n == 1 && word[0] == '-')
		return true;
	for (size_t i = 0; i < n; i++) {
		if (is_plain((unsigned char)word[i])) {
			buf_char(out, word[i]);
			continue;
		}
		const int high = word[i] == '%' && i + 2 < n ? digit(word[i + 1]) : -1;
		const int low = high < 0 ? -1 : digit(word[i + 2]);
		if (low < 0 || (!high && !low)) /* a text cannot hold a NUL */
			return false;
		buf_char(out, (char)(high << 4 | low));
		i += 2;
	}
	return n > 0;
}

bool ci_lock_token_next(const char **line, const char **word, size_t *n)
{
	*word = *line;
	*n = strcspn(*line, " ");
	if (!*n)
		return false;
	*line += *n;
	if (**line == ' ' && (*line)[1] && (*line)[1] != ' ')
		(*line)++;
	return true;
}

void ci_lock_token_show(struct buf *out, const char *word, size_t n)
{
	CLEANUP_BUF struct buf text = {0};
	if (ci_lock_token_text(word, n, &text) && text.len)
		buf_escape(out, text.data, text.len);
	else
		buf_append(out, word, n); /* already printable */
}
