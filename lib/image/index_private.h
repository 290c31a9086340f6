/* image/index_private.h - the members of an index (index.h); for index*.c only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/textpool.h"

struct image_node;

struct image_index {
	struct image_node *nodes;
	uint32_t count;
	size_t cap;
	int *fds; /* of the layers, borrowed; NULL = the index is of a listing */
	/* Of a listing (index_listing.h): opens a file; NULL = no content can be read. */
	int (*open)(void *ctx, uint16_t layer, const char *path, struct err *err);
	void *open_ctx;
	size_t n_layers;
	struct textpool texts; /* names and targets */
};
