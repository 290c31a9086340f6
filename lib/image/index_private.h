/* image/index_private.h - the members of an index (index.h); for index*.c only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/textpool.h"

struct image_node;

struct image_index {
	struct image_node *nodes;
	uint32_t count;
	size_t cap;
	int *fds; /* of the layers, borrowed */
	size_t n_layers;
	struct textpool texts; /* names and targets */
};
