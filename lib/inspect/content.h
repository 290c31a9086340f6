/* inspect/content.h - a digest of a file's content that does not depend on how a layer stores it: zeros that a sparse
 * map leaves out and zeros that are written count alike, and long gaps take no time.
 * Shape: SHA-256 over the blocks of the file that are not all zero, each with its offset, the last one filled up with
 * zeros. Files are equal if their sizes and digests are.
 * Lifetime: all zero; _add any number of times, one _end; _done. Not thread-safe. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "text/sha256.h"

#define INSPECT_CONTENT_BLOCK 32768u

struct inspect_content {
	struct sha256 *hash;
	uint64_t at; /* offset of the block */
	size_t used; /* bytes of the block up to the last that was added */
	unsigned char block[INSPECT_CONTENT_BLOCK];
};

/* The n bytes at offset. Offsets rise; bytes in between are zeros. */
void inspect_content_add(struct inspect_content *c, uint64_t offset, const void *data, size_t n);
/* The digest of the file; c is ready for the next one. */
void inspect_content_end(struct inspect_content *c, uint8_t out[SHA256_SIZE]);
void inspect_content_done(struct inspect_content *c);
