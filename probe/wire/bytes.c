#include "probe/wire/bytes.h"

#include <string.h>

const uint8_t *probe_bytes_take(struct probe_bytes *b, size_t n)
{
	if (b->bad || b->n < n) {
		b->bad = true;
		return NULL;
	}
	const uint8_t *at = b->data;
	b->data += n;
	b->n -= n;
	return at;
}

uint64_t probe_bytes_be(struct probe_bytes *b, size_t width)
{
	const uint8_t *at = probe_bytes_take(b, width);
	uint64_t value = 0;
	for (size_t i = 0; at && i < width; i++)
		value = value << 8 | at[i];
	return value;
}

uint64_t probe_bytes_le(struct probe_bytes *b, size_t width)
{
	const uint8_t *at = probe_bytes_take(b, width);
	uint64_t value = 0;
	for (size_t i = width; at && i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

const char *probe_bytes_str(struct probe_bytes *b)
{
	const uint8_t *end = b->bad || !b->n ? NULL : memchr(b->data, 0, b->n);
	if (!end) {
		b->bad = true;
		return "";
	}
	return (const char *)probe_bytes_take(b, (size_t)(end - b->data) + 1);
}

void probe_bytes_put_be(struct buf *out, uint64_t value, size_t width)
{
	for (size_t i = width; i-- > 0;)
		buf_char(out, (char)(value >> (8 * i)));
}

void probe_bytes_put_le(struct buf *out, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		buf_char(out, (char)(value >> (8 * i)));
}

void probe_bytes_put_str(struct buf *out, const char *s)
{
	buf_append(out, s, strlen(s) + 1);
}
