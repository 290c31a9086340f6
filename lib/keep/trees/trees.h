/* keep/trees/trees.h - keeps the trees of programs that no closure models: a directory of a program's own out of which
 * a run used a file stays whole, as what it reads on another branch is not known. One that is larger than the limit is
 * kept in part: those of its directories that are used and small enough. */
#pragma once

#include "keep/set.h"

/* Of bytes that are added. */
struct keep_trees_limits {
	uint64_t tree, sum;
};
#define KEEP_TREES_LIMITS ((struct keep_trees_limits){128ull << 20, 512ull << 20})

struct keep_trees_tree {
	uint32_t node;
	uint64_t bytes; /* of it beyond what is known to be needed */
	bool cut;       /* too large to stay whole */
};

struct keep_trees {
	struct keep_trees_tree *items; /* in order of their ids */
	size_t count, cap;
	uint64_t bytes; /* added */
};

/* After keep_trace. Smaller trees come first. */
void keep_trees_add(struct keep_set *k, const struct evidence *e, struct keep_trees_limits limits,
		    struct keep_trees *out);
void keep_trees_done(struct keep_trees *t);
