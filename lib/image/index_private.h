/* image/index_private.h - the members of an index (index.h); for index*.c only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct image_node;

struct image_text { /* strings that live as long as the index, in large blocks */
	struct image_text_block {
		struct image_text_block *next;
		char s[];
	} * blocks;
	size_t used, size; /* of the first block */
};

struct image_index {
	struct image_node *nodes;
	uint32_t count;
	size_t cap;
	int *fds; /* of the layers, borrowed */
	size_t n_layers;
	struct image_text text;
};
