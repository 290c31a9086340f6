/* keep/runtime_tree.h - trees of a runtime, a toolchain or a package manager, told by their shape: what a Go, Rust,
 * Node or Java installation always has. Official language images put them where no package owns them. */
#pragma once

#include "rootfs/index.h"

enum runtime_tree_kind {
	RUNTIME_TREE_NONE,
	RUNTIME_TREE_WHOLE,  /* all below the directory belongs to it */
	RUNTIME_TREE_SHARED, /* a prefix that others use, too (/usr/local): what came with it is in its layer */
};

/* Whether the directory is the root of one; *layer: the one that brought it. */
enum runtime_tree_kind runtime_tree_at(const struct rootfs_index *x, uint32_t dir, uint32_t *layer);
