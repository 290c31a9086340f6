#include "findings/secrets/openpgp.h"

#include <ctype.h>
#include <string.h>

#include "text/base64.h"

#define BASE64_MIN 40   /* bytes of any key */
#define BASE64_MAX 8192 /* bytes of the first packet that are looked at */
#define TAG_SECRET_KEY 5
#define VERSION 4

struct bytes {
	const unsigned char *at, *end;
};

static bool skip(struct bytes *b, size_t n)
{
	if ((size_t)(b->end - b->at) < n)
		return false;
	b->at += n;
	return true;
}

/* A number, which begins with its length in bits. */
static bool skip_number(struct bytes *b)
{
	return b->end - b->at >= 2 && skip(b, 2 + ((size_t)(b->at[0] << 8 | b->at[1]) + 7) / 8);
}

static bool skip_numbers(struct bytes *b, size_t n)
{
	while (n && skip_number(b))
		n--;
	return n == 0;
}

/* Something that begins with its length in bytes. */
static bool skip_sized(struct bytes *b)
{
	return b->end > b->at && skip(b, 1 + (size_t)b->at[0]);
}

/* The header of a packet, 4.2. */
static bool skip_header(struct bytes *b)
{
	static const size_t lengths[] = {1, 2, 4, 0};
	if (b->end - b->at < 2 || !(b->at[0] & 0x80))
		return false;
	const bool is_new = b->at[0] & 0x40;
	const unsigned tag = is_new ? b->at[0] & 0x3f : b->at[0] >> 2 & 0xf;
	const size_t length = !is_new ? lengths[b->at[0] & 3] : b->at[1] < 192 ? 1 : b->at[1] < 224 ? 2 : 5;
	return tag == TAG_SECRET_KEY && skip(b, 1 + length);
}

/* The public part of a key, 5.5.2 and RFC 6637. */
static bool skip_public(struct bytes *b)
{
	if (b->end - b->at < 6 || b->at[0] != VERSION)
		return false;
	const unsigned algorithm = b->at[5];
	if (!skip(b, 6))
		return false;
	switch (algorithm) {
	case 1: /* RSA */
	case 2:
	case 3:
		return skip_numbers(b, 2);
	case 16: /* Elgamal */
		return skip_numbers(b, 3);
	case 17: /* DSA */
		return skip_numbers(b, 4);
	case 18: /* ECDH */
		return skip_sized(b) && skip_number(b) && skip_sized(b);
	case 19: /* ECDSA */
	case 22: /* EdDSA */
		return skip_sized(b) && skip_number(b);
	default:
		return false;
	}
}

/* Whether the line at s has a header of the armor, "Version: ...". */
static bool is_armor_header(const char *s, size_t n)
{
	return memchr(s, ':', n) != NULL;
}

static void collect(const char *text, size_t n, struct buf *base64)
{
	const char *end = text + n;
	while (text < end && base64->len < BASE64_MAX) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const size_t line = newline ? (size_t)(newline - text) : (size_t)(end - text);
		if (line && (*text == '=' || *text == '-'))
			return;
		for (size_t i = 0; i < line && !is_armor_header(text, line); i++)
			if (isalnum((unsigned char)text[i]) || strchr("+/=", text[i]))
				buf_char(base64, text[i]);
		text += line + 1;
	}
}

bool findings_openpgp_is_open(const char *text, size_t n)
{
	CLEANUP_BUF struct buf base64 = {0}, packet = {0};
	collect(text, n, &base64);
	if (base64.len < BASE64_MIN)
		return false;
	if (base64_decode(base64.data, base64.len / 4 * 4, &packet) < 0)
		return true;
	struct bytes b = {(const unsigned char *)packet.data, (const unsigned char *)packet.data + packet.len};
	return !skip_header(&b) || !skip_public(&b) || b.at == b.end || *b.at == 0;
}
