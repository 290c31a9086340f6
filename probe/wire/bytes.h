/* probe/wire/bytes.h - numbers and strings of binary protocols, read from bytes of any origin and appended to buffers.
 * A read past the end gives zeros and sets bad, so that a decoder asks once, at its end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct probe_bytes {
	const uint8_t *data; /* borrowed */
	size_t n;            /* that are left */
	bool bad;            /* a read went past the end */
};

/* Numbers of width bytes (1 to 8), most or least significant first. */
uint64_t probe_bytes_be(struct probe_bytes *b, size_t width);
uint64_t probe_bytes_le(struct probe_bytes *b, size_t width);
/* The next n bytes, NULL if there are not so many. */
const uint8_t *probe_bytes_take(struct probe_bytes *b, size_t n);
/* Takes a string and its NUL; "" if no NUL follows. Borrowed. */
const char *probe_bytes_str(struct probe_bytes *b);

void probe_bytes_put_be(struct buf *out, uint64_t value, size_t width);
void probe_bytes_put_le(struct buf *out, uint64_t value, size_t width);
/* The string with its NUL. */
void probe_bytes_put_str(struct buf *out, const char *s);
