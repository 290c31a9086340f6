#include "ci/output/guard.h"

#include <ctype.h>
#include <string.h>

/* True if "##word[" is at s. */
static bool is_bracket_command(const char *s, size_t n)
{
	size_t i = 2;
	if (n < 3 || s[0] != '#' || s[1] != '#')
		return false;
	while (i < n && isalpha((unsigned char)s[i]))
		i++;
	return i < n && s[i] == '[';
}

/* Bytes that a system may skip before a command: white space, also of other scripts. */
static bool is_margin(char c)
{
	return c == ' ' || c == '\t' || (unsigned char)c >= 0x80;
}

void ci_guard(const char *s, size_t n, bool json, struct buf *out)
{
	bool at_start = true; /* of a line */
	for (size_t i = 0; i < n; i++) {
		if (is_bracket_command(s + i, n - i)) {
			buf_str(out, json ? "#\\u0023" : "#\\x23");
			i++;
		} else if (at_start && !json && n - i >= 2 && s[i] == ':' && s[i + 1] == ':') {
			buf_str(out, "\\x3a");
		} else {
			buf_char(out, s[i]);
		}
		at_start = s[i] == '\n' || (at_start && is_margin(s[i]));
	}
}
