/* image/index_build.h - builds the index of an image (index.h) from its layers. */
#pragma once

#include "base/err.h"
#include "image/index_nodes.h"
#include "image/layers.h"

/* By the rules of overlayfs: whiteouts, opaque directories, upper over lower. layers is not kept, but its fds are used
 * and must stay open as long as the index lives. */
int image_index_build(const struct image_layers *layers, struct image_index **out, struct err *err) MUST_CHECK;
void image_index_free(struct image_index *x);
static inline void image_index_freep(struct image_index **x)
{
	image_index_free(*x);
}
#define CLEANUP_IMAGE_INDEX CLEANUP(image_index_freep)
