/* view/depth.h - refuses paths whose tree would fill all memory. A tree has a node for each directory, with its whole
 * path: a path of some kilobytes with thousands of components makes megabytes of them. All zero is the beginning. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct view_depth {
	const char *before; /* the path of the last call, borrowed until the next */
	uint64_t bytes;     /* of the names of all directories */
};

/* Takes the paths of a tree, one after the other, best in their order. ERR_LIMIT if the path is too long, or if all of
 * them have too many directories. */
int view_depth_add(struct view_depth *d, const char *path, struct err *err) MUST_CHECK;
