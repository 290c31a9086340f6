#include "findings/secrets/placeholder.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LONG 16 /* bytes: a value of that length has more than FEW different ones */
#define FEW 4
#define LOOKED_AT 4096

static bool has_word(const char *s, size_t n)
{
	static const char *const words[] = {"example", "xxxx", "placeholder", "your_", "your-", "<",
					    "${",      "$(",   "{{",          "****",  "...."};
	for (size_t i = 0; i < n; i++) {
		const int first = tolower((unsigned char)s[i]);
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (first == words[k][0] && strlen(words[k]) <= n - i &&
			    strncasecmp(s + i, words[k], strlen(words[k])) == 0)
				return true;
	}
	return false;
}

static size_t different_bytes(const char *s, size_t n)
{
	bool seen[256] = {0};
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		count += !seen[(unsigned char)s[i]];
		seen[(unsigned char)s[i]] = true;
	}
	return count;
}

bool findings_is_placeholder(const char *value, size_t n)
{
	n = n < LOOKED_AT ? n : LOOKED_AT;
	if (has_word(value, n))
		return true;
	return n >= LONG && different_bytes(value, n) <= FEW;
}
