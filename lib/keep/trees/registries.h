/* keep/trees/registries.h - handles a tree that is too large to stay whole (trees.h): if a run read a text in it,
 * keeps the files of the tree that this text names. Such texts are registries of components (LibreOffice's
 * services.rdb), indexes and catalogs. */
#pragma once

#include "keep/trees/trees.h"

/* After keep_trees_add; within its limits once more: for each tree, and for what is left of the sum. */
void keep_registries_add(struct keep_set *k, const struct evidence *e, struct keep_trees *t);
