/* ci/lock/tree.h - lists the content of a result, from the tree that it is made of. Reads each kept file. */
#pragma once

#include "ci/lock/listing.h"
#include "keep/set.h"
#include "packages/packages.h"

struct ci_lock_tree {
	const struct keep_set *keep;
	bool whole; /* the result has the layers of the source: everything is kept */
	const struct packages *packages;
	const struct packages_edits *edits; /* files that slim wrote from the packages: left out */
};

/* Appends to *out. Leaves out everything that changes with each rebuild: times, also those in compiled Python. */
int ci_lock_tree_list(const struct ci_lock_tree *t, struct ci_lock_listing *out, struct err *err) MUST_CHECK;
