/* image/index_private.h - the members of an index (index.h); for index*.c only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/textpool.h"

struct image_node;
struct layer_entry;

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

/* The node as a layer entry without its xattrs; layer_entry_done it. */
void image_index_describe(const struct image_index *x, uint32_t id, struct layer_entry *out);
/* Adds an xattr to ctx, a struct layer_entry: for image_xattrs. */
int image_index_keep_xattr(void *ctx, const char *name, const void *value, size_t len, struct err *err);
