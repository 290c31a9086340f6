/* rewrite/layer_plan.h - the entries of the new layer, in its order, and their sums. It depends on the index and on
 * which nodes are kept, not on the order in which they came.
 * Sockets are left out (a tar has none). The root has an entry only if it is not a directory of root:root, 0755: that
 * is what every engine makes by itself, and what most images leave unsaid. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

struct rewrite_item {
	uint32_t node;
	uint32_t first; /* another name of the same file, of an item before: a hard link to it; else IMAGE_NONE */
};

struct rewrite_plan {
	struct rewrite_item *items; /* depth first, in path order */
	size_t count, cap;
	uint64_t bytes, files; /* as in struct rewrite_result */
};

/* edits: as in struct rewrite_options. An edited file is never a hard link of another one. */
void rewrite_plan_make(const struct keep_set *k, const struct packages_edits *edits, struct rewrite_plan *out);
void rewrite_plan_done(struct rewrite_plan *p);
#define CLEANUP_REWRITE_PLAN CLEANUP(rewrite_plan_done)
