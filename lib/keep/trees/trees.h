/* keep/trees/trees.h - keeps the trees of programs that no closure models: a directory of a program's own (own_tree.h)
 * stays whole if a run opened or executed a file of it, or listed a directory of it, as what the program reads on
 * another branch is not known. One that is larger than the limits stays in part: those of its directories that are used
 * and small enough. */
#pragma once

#include "keep/set.h"

/* Of bytes of regular files that are added. What symlinks of a tree lead to outside it comes on top. */
struct keep_trees_limits {
	uint64_t tree, sum;
};
#define KEEP_TREES_LIMITS ((struct keep_trees_limits){128ull << 20, 512ull << 20})

struct keep_trees_tree {
	uint32_t node;
	uint64_t bytes; /* of what was not kept before */
	bool cut;       /* it stays in part */
};

struct keep_trees {
	struct keep_trees_tree *items; /* by bytes, the smallest first */
	size_t count, cap;
	uint64_t bytes; /* added */
};

/* After keep_trace and all else that needs no closure: what is kept already counts for nothing. Smaller trees come
 * first. *out: the caller's, to be given to _done. */
void keep_trees_add(struct keep_set *k, const struct evidence *e, struct keep_trees_limits limits,
		    struct keep_trees *out);
void keep_trees_done(struct keep_trees *t);
