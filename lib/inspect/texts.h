/* inspect/texts.h - the files of an image that an analysis reads, kept in memory while the layers pass by. */
#pragma once

#include "base/strset.h"
#include "inspect/list.h"

struct inspect_texts {
	struct inspect_texts_layer {
		struct strset paths;
		struct inspect_text {
			char *data; /* NULL = left out */
			size_t n;
		} * items; /* by path */
		size_t count, cap;
		size_t bytes;
	} * layers; /* by place */
	size_t n_layers;
};

/* The most bytes of a layer's files that are kept; further files are left out. */
#define INSPECT_TEXTS_MAX (128u << 20)

void inspect_texts_init(struct inspect_texts *t, size_t n_layers);
/* For a watch's take: copies the file, in place of one of the same path, as a tar may have a path twice. Safe if each
 * place is used by one thread. */
void inspect_texts_add(struct inspect_texts *t, size_t place, const char *path, const char *data, size_t n);
/* The file of that path in the layer, NULL if it was not kept. */
const struct inspect_text *inspect_texts_find(const struct inspect_texts *t, size_t place, const char *path);
void inspect_texts_done(struct inspect_texts *t);
#define CLEANUP_INSPECT_TEXTS CLEANUP(inspect_texts_done)
