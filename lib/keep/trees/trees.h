/* keep/trees/trees.h - keeps the trees of programs that no closure models, since the files that such a program reads
 * on another branch are not known. A directory of a program's own (own_tree.h) stays whole if a run opened or
 * executed a file of it or listed a directory of it, or if a kept program names it. One above the limits stays in
 * part: those of its directories that are used or named, and small enough. */
#pragma once

#include "keep/set.h"
#include "packages/package.h"

/* Of bytes of regular files that are added. What symlinks of a tree lead to outside it comes on top. */
struct keep_trees_limits {
	uint64_t tree, sum;
};
#ifndef KEEP_TREES_MIB /* docs/limits.md: why so many */
#define KEEP_TREES_MIB 256
#endif
#define KEEP_TREES_LIMITS                                                                                              \
	((struct keep_trees_limits){(uint64_t)KEEP_TREES_MIB << 20, 4 * (uint64_t)KEEP_TREES_MIB << 20})

struct keep_trees_tree {
	uint32_t node;
	uint64_t bytes; /* of what was not kept before */
	bool cut;       /* it stays in part */
};

struct keep_trees {
	struct keep_trees_tree *items; /* by bytes, the smallest first */
	size_t count, cap;
	uint64_t bytes;   /* added */
	uint32_t n_named; /* directories that were named and weighed */
	struct keep_trees_limits limits;
	const struct packages *packages; /* borrowed */
};

/* After keep_trace and all else that needs no closure: what is kept already counts for nothing. Smaller trees come
 * first. *out: the caller's, to be given to _done. */
void keep_trees_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		    struct keep_trees_limits limits, struct keep_trees *out);
/* The kept file `by` names the directory: its tree stays, too, within what the limits leave. A tree of tools that
 * build, edit and install software stays only if a program that a run used names it. */
void keep_trees_name(struct keep_set *k, struct keep_trees *t, uint32_t dir, uint32_t by);
void keep_trees_done(struct keep_trees *t);
