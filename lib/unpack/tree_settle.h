/* unpack/tree_settle.h - completes a layer being written (unpack/tree.h) from the layers below it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct unpack_tree;

/* Whether the layer depends on those below it: it has a directory that only its contents imply, or a hard link to a
 * file that is not in it. */
bool unpack_tree_needs_parents(const struct unpack_tree *t);

/* Give it both from the merged view of the lower layers: fds of their roots, bottom first. */
int unpack_tree_settle(struct unpack_tree *t, const int *lower, size_t count, struct err *err) MUST_CHECK;
