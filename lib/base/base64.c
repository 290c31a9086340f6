#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *data, size_t n, struct buf *out)
{
	const unsigned char *p = data;
	buf_reserve(out, (n + 2) / 3 * 4);
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v =
		    (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
		const char four[4] = {
		    alphabet[v >> 18],
		    alphabet[v >> 12 & 63],
		    left > 1 ? alphabet[v >> 6 & 63] : '=',
		    left > 2 ? alphabet[v & 63] : '=',
		};
		buf_append(out, four, 4);
	}
}

int base64_decode(const char *s, size_t n, struct buf *out)
{
	uint32_t v = 0;
	unsigned digits = 0, padding = 0;
	buf_reserve(out, n / 4 * 3 + 3);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\r' || s[i] == '\n')
			continue;
		const char *digit = s[i] ? strchr(alphabet, s[i]) : NULL;
		if (s[i] == '=' && digits % 4 >= 2)
			padding++;
		else if (!digit || padding)
			return -ERR_CORRUPT;
		v = v << 6 | (digit ? (uint32_t)(digit - alphabet) : 0);
		if (++digits % 4)
			continue;
		const char three[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
		buf_append(out, three, 3 - padding);
	}
	return digits % 4 ? -ERR_CORRUPT : 0;
}
