#include "formats/beam.h"

#include <ctype.h>
#include <libdeflate.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

struct bytes {
	const unsigned char *p;
	size_t n;
};

/* A big-endian number at the start, gone over; 0 behind the end. */
static uint32_t number(struct bytes *b, size_t size)
{
	uint32_t v = 0;
	for (; size; size--) {
		v = v << 8 | (b->n ? *b->p : 0);
		b->p += b->n != 0;
		b->n -= b->n != 0;
	}
	return v;
}

static struct bytes take(struct bytes *b, size_t n)
{
	n = n < b->n ? n : b->n;
	struct bytes part = {b->p, n};
	b->p += n;
	b->n -= n;
	return part;
}

/* Returns the chunk of that name, or an empty one if the file does not have it. */
static struct bytes chunk(struct bytes file, const char *name)
{
	while (file.n >= 8) {
		bool found = memcmp(file.p, name, 4) == 0;
		(void)take(&file, 4);
		uint32_t size = number(&file, 4);
		struct bytes part = take(&file, size);
		(void)take(&file, -size & 3);
		if (found)
			return part;
	}
	return (struct bytes){file.p, 0};
}

/* From OTP 28 on a length is a compact term, and the count is negative. */
static size_t atom_length(struct bytes *b, bool compact)
{
	uint32_t first = number(b, 1);
	if (!compact)
		return first;
	return first & 8 ? (first & 0xe0) << 3 | number(b, 1) : first >> 4;
}

static void atoms(struct bytes b, const struct beam *out)
{
	int32_t count = (int32_t)number(&b, 4);
	for (uint32_t i = count < 0 ? -(uint32_t)count : (uint32_t)count; i && b.n; i--) {
		struct bytes name = take(&b, atom_length(&b, count < 0));
		if (name.n)
			out->atom(out->ctx, (const char *)name.p, name.n);
	}
}

static bool is_printable(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (!isprint(b.p[i]) && b.p[i] != '\n' && b.p[i] != '\t')
			return false;
	return b.n > 1;
}

/* STRING_EXT and BINARY_EXT anywhere in the terms: whoever reads the terms themselves finds no others. */
static void texts(struct bytes b, const struct beam *out)
{
	enum { STRING_EXT = 107, BINARY_EXT = 109 };
	while (b.n) {
		uint32_t tag = number(&b, 1);
		if (tag != STRING_EXT && tag != BINARY_EXT)
			continue;
		struct bytes rest = b;
		uint32_t n = number(&rest, tag == STRING_EXT ? 2 : 4);
		if (n > rest.n || n > LIMIT_PATH)
			continue;
		struct bytes text = take(&rest, n);
		if (!is_printable(text))
			continue;
		out->text(out->ctx, (const char *)text.p, text.n);
		b = rest;
	}
}

/* Inflates what has at most LIMIT_BEAM bytes; false if it is broken. */
static bool inflate(struct bytes b, uint32_t size, bool gzip, struct buf *out)
{
	if (!size || size > LIMIT_BEAM)
		return false;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d)
		return false;
	buf_reserve(out, size);
	enum libdeflate_result r = gzip ? libdeflate_gzip_decompress(d, b.p, b.n, out->data, size, &out->len)
					: libdeflate_zlib_decompress(d, b.p, b.n, out->data, size, &out->len);
	libdeflate_free_decompressor(d);
	return r == LIBDEFLATE_SUCCESS;
}

static void literals(struct bytes b, const struct beam *out)
{
	CLEANUP_BUF struct buf inflated = {0};
	uint32_t size = number(&b, 4);
	if (size && !inflate(b, size, false, &inflated))
		return;
	texts(size ? (struct bytes){(unsigned char *)inflated.data, inflated.len} : b, out);
}

bool beam_read(const char *data, size_t n, const struct beam *out)
{
	CLEANUP_BUF struct buf inflated = {0};
	struct bytes b = {(const unsigned char *)data, n};
	if (n > 18 && b.p[0] == 0x1f && b.p[1] == 0x8b) {
		const unsigned char *end = b.p + n - 4; /* gzip's own count of what it holds */
		uint32_t size = (uint32_t)end[3] << 24 | (uint32_t)end[2] << 16 | (uint32_t)end[1] << 8 | end[0];
		if (!inflate(b, size, true, &inflated))
			return false;
		b = (struct bytes){(unsigned char *)inflated.data, inflated.len};
	}
	if (b.n < 12 || memcmp(b.p, "FOR1", 4) != 0 || memcmp(b.p + 8, "BEAM", 4) != 0)
		return false;
	(void)take(&b, 12);
	if (out->atom)
		atoms(chunk(b, "AtU8").n ? chunk(b, "AtU8") : chunk(b, "Atom"), out);
	if (out->text)
		literals(chunk(b, "LitT"), out);
	return true;
}
