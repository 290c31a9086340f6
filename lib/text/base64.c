#include "text/base64.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#define PIECE (3u << 20) /* given to libcrypto at once, which counts in int; a multiple of 3 */

void base64_encode(const void *data, size_t n, struct buf *out)
{
	const unsigned char *p = data;
	buf_reserve(out, (n + 2) / 3 * 4);
	while (n) {
		size_t piece = n < PIECE ? n : PIECE;
		out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->data + out->len, p, (int)piece);
		p += piece;
		n -= piece;
	}
}

static bool is_digit(unsigned char c)
{
	return isascii(c) && (isalnum(c) || c == '+' || c == '/');
}

/* EVP_DecodeBlock strips blanks, ends at a '-' and takes '=' for a zero: it only gets what was checked. */
int base64_decode(const char *s, size_t n, struct buf *out)
{
	unsigned char four[4], three[4];
	size_t have = 0, padding = 0;
	buf_reserve(out, n / 4 * 3 + 3);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\r' || s[i] == '\n')
			continue;
		if (s[i] == '=' && have >= 2)
			padding++;
		else if (padding || !is_digit((unsigned char)s[i]))
			return -ERR_CORRUPT;
		four[have++] = (unsigned char)s[i];
		if (have < sizeof(four))
			continue;
		if (EVP_DecodeBlock(three, four, sizeof(four)) != 3)
			return -ERR_CORRUPT;
		buf_append(out, three, 3 - padding);
		have = 0;
	}
	return have ? -ERR_CORRUPT : 0;
}
