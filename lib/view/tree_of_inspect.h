/* view/tree_of_inspect.h - trees of one image, from what its layers hold (inspect/history.h): the files that the image
 * shows, and the paths that one layer adds, changes and removes. */
#pragma once

#include "image/index.h"
#include "inspect/history.h"
#include "packages/package.h"
#include "view/tree.h"

/* Borrowed. packages and index may be NULL: then no path has a package. */
struct view_inspected {
	const struct inspect_history *history;
	const struct packages *packages;
	const struct image_index *index; /* of the file system that the image shows (inspect/final.h) */
};

/* All paths that the image shows. The sizes before and after are equal. A further hard link of a file has the size 0.
 * Directories have no package. ERR_LIMIT if the paths of all layers would fill all memory (depth.h). */
int view_tree_of_image(const struct view_inspected *i, struct view_tree *out, struct err *err) MUST_CHECK;
/* The paths of one layer (bottom = 0) of an image that _of_image took. Sizes: before, in the layers below; after, in
 * this layer. A directory has the state of itself, not of its files: it is VIEW_KEPT if the layer does not change it. A
 * reason is set for a file of which only the attributes change. */
void view_tree_of_layer(const struct view_inspected *i, size_t layer, struct view_tree *out);
