/* view/tree_of_pair.h - the tree of two unpacked images of which one was made from the other, as slim verify has them.
 * Entries are compared by kind, size, mode, owner and target, and not by content. Of the names of a file (hard links)
 * the first one has the bytes, and the others have the size 0. */
#pragma once

#include "image/index.h"
#include "packages/packages.h"
#include "view/tree.h"

/* packages: of the original; NULL = not known. A path's layer is that of the original. */
void view_tree_of_pair(const struct image_index *original, const struct image_index *slim,
		       const struct packages *packages, struct view_tree *out);
