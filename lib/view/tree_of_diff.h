/* view/tree_of_diff.h - the tree of two images, from what their layers hold: which paths came, went or changed.
 * Files are compared by size and checksum, and every entry by kind, mode, owner and target; times are not. A further
 * hard link of a file has the size 0, and the content of the file. */
#pragma once

#include "view/tree_of_inspect.h"

/* sides: the first and the second image. A path's package is that of the first image, else of the second; its layer is
 * that of the second, else of the first. A changed path has as its reason what changed: "its content and mode changed".
 * A directory's state is that of its files. ERR_LIMIT as view_tree_of_image. */
int view_tree_of_diff(const struct view_inspected sides[2], struct view_tree *out, struct err *err) MUST_CHECK;
