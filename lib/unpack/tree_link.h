/* unpack/tree_link.h - makes the hard links of a layer being written; for tree*.c only. */
#pragma once

#include "base/err.h"
#include "layer/entry.h"
#include "unpack/tree_private.h"

/* A link to what is not in the layer holds its place (tree_private.h) until the lower layers are there. */
int unpack_tree_add_hardlink(struct unpack_tree *t, const struct layer_entry *e, struct err *err) MUST_CHECK;

/* Whether parent/name holds the place of a link. */
bool unpack_tree_is_pending(int parent, const char *name);
