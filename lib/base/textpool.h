/* base/textpool.h - strings that are released together. They lie one behind the other in blocks that grow with their
 * number, so a string takes its bytes and a NUL, and nothing for malloc. Strings may hold any byte and never move. All
 * zero is an empty pool. Not thread-safe. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

struct textpool {
	struct textpool_block {
		struct textpool_block *next;
		char s[];
	} * blocks;
	size_t used, size; /* bytes of the first block */
};

/* Copies len bytes and appends a NUL. The copy is borrowed from the pool. */
const char *textpool_add(struct textpool *p, const char *s, size_t len);
void textpool_done(struct textpool *p);
#define CLEANUP_TEXTPOOL CLEANUP(textpool_done)
