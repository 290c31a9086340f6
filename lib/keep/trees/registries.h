/* keep/trees/registries.h - of a tree that is too large to stay whole (trees.h), keeps the files that a text in it
 * names if a run read that text: registries of components (LibreOffice's services.rdb), indexes, catalogs. */
#pragma once

#include "keep/trees/trees.h"

/* After keep_trees_add; within its limits once more: for each tree, and for what is left of the sum. */
void keep_registries_add(struct keep_set *k, const struct evidence *e, struct keep_trees *t);
