/* keep/unproven/unproven.h - finds the risk of a selection: files that kept files name, that no run used, and that are
 * left out. Nobody knows whether they are needed, until an exercise uses them or the user decides.
 *
 * The closures (keep/closure) read the names. At the level "closure" and above, a set keeps most files that its files
 * name; the others are left out on purpose, and the set has noted them (keep/mentions.h). Below that level, the
 * closures run once more for a set that keeps nothing (keep_closures_tell).
 *
 * Lifetime: _find, any number of questions, _done. Not thread-safe. */
#pragma once

#include "keep/mentions.h"
#include "keep/set.h"

struct keep_unproven_file {
	uint32_t node;
	uint64_t bytes;                     /* 0 = a symlink, or another name of a file that is counted or kept */
	const struct keep_mention *mention; /* of the file, or of a directory above it */
};

struct keep_unproven {
	/* Sorted: the surest way of naming first (enum keep_mention_way), then the most namers, then the most bytes. */
	struct keep_unproven_file *items;
	size_t count;
	uint64_t bytes;
	struct idmap nodes; /* of items: their index */
	struct keep_mentions told;
};

/* k: after all closures and all healing, with mentions set from the start; borrowed until _done. A symlink counts if
 * its target is kept. The caller passes *out to _done, even after a failure. */
int keep_unproven_find(const struct keep_set *k, struct keep_unproven *out, struct err *err) MUST_CHECK;
void keep_unproven_done(struct keep_unproven *u);
#define CLEANUP_KEEP_UNPROVEN CLEANUP(keep_unproven_done)
/* NULL = the node is not one of the files. */
const struct keep_mention *keep_unproven_of(const struct keep_unproven *u, uint32_t node);
/* The surest way in which the file is named; KEEP_MENTION_DIRECTORY if only a directory above it is. */
enum keep_mention_way keep_unproven_way(const struct keep_unproven_file *f);
/* Appends the namer's path, or words for the image's configuration. */
void keep_unproven_namer(const struct keep_set *k, const struct keep_mention_namer *namer, struct buf *out);
