/* view/tree_from_layer.h - the part of a tree whose paths come from one layer. */
#pragma once

#include "view/tree.h"

/* Fills out with the paths of whole that have this layer (bottom = 0), and the directories above them. Of a directory
 * the sums count only these paths. out is finished. */
void view_tree_from_layer(const struct view_tree *whole, size_t layer, struct view_tree *out);
