/* image/index_resolve.h - follows a path through an index (index.h) as the kernel does it. */
#pragma once

#include <stdbool.h>

#include "image/index_nodes.h"

/* Resolves path from the root: symlinks (LIMIT_SYMLINKS), "..", trailing slashes. Calls visit (may be NULL) for every
 * node on the way, in order: each directory entered, each symlink crossed, and the last node. symlink: the node is a
 * symlink that is followed.
 * Returns the node, or IMAGE_NONE if the path does not exist (visit was called for the part that does). */
typedef void image_visit(void *ctx, uint32_t id, bool symlink);
uint32_t image_index_resolve(const struct image_index *x, const char *path, bool follow_last, image_visit *visit,
			     void *ctx);
