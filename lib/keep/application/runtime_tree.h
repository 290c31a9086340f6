/* keep/application/runtime_tree.h - recognizes the tree of a runtime, a toolchain or a package manager by its shape:
 * the files that every Go, Rust, Node or Java installation has. Official language images put them where no package owns
 * them. */
#pragma once

#include <stdbool.h>

#include "image/index.h"

enum keep_runtime_tree_kind {
	KEEP_RUNTIME_TREE_NONE,
	KEEP_RUNTIME_TREE_WHOLE,  /* all below the directory belongs to it */
	KEEP_RUNTIME_TREE_SHARED, /* a prefix that others use, too (/usr/local): what came with it is in its layer */
};

/* Whether the directory is the root of one; *layer: the one that brought it. */
enum keep_runtime_tree_kind keep_runtime_tree_at(const struct image_index *x, uint32_t dir, uint32_t *layer);
/* Whether the directory is the root of one that builds and installs software, and has nothing else below it. */
bool keep_runtime_tree_builds(const struct image_index *x, uint32_t dir);
