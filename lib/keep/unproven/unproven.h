/* keep/unproven/unproven.h - the risk of a selection: files that are left out although kept files name them, and that
 * no run used. Nobody knows whether they are needed: an exercise that uses one, or the user, settles it.
 *
 * The closures (keep/closure) read the names, so there is no second reader. A set of the level "closure" or above keeps
 * most of what its files name: there it is what is left out on purpose (keep/mentions.h). Below that, the closures are
 * asked once more, by a set that keeps nothing (keep_closures_tell).
 *
 * Lifetime: _find, any number of questions, _done. Not thread-safe. */
#pragma once

#include "keep/mentions.h"
#include "keep/set.h"

struct keep_unproven_file {
	uint32_t node;
	uint64_t bytes;                     /* 0 = a symlink, or a further name of a file that is counted or kept */
	const struct keep_mention *mention; /* of the file, or of a directory that it is in */
};

struct keep_unproven {
	/* The surest names first (enum keep_mention_way), then what most files name, then the biggest. */
	struct keep_unproven_file *items;
	size_t count;
	uint64_t bytes;
	struct idmap nodes; /* of items: their index */
	struct keep_mentions told;
};

/* k: after all closures and all healing; its mentions were there from the start. Borrowed until _done. A symlink
 * counts if what it leads to is kept. On failure *out may be given to _done, too. */
int keep_unproven_find(const struct keep_set *k, struct keep_unproven *out, struct err *err) MUST_CHECK;
void keep_unproven_done(struct keep_unproven *u);
#define CLEANUP_KEEP_UNPROVEN CLEANUP(keep_unproven_done)
/* NULL = the node is none. */
const struct keep_mention *keep_unproven_of(const struct keep_unproven *u, uint32_t node);
/* How its surest name names it: KEEP_MENTION_DIRECTORY if it names a directory above. */
enum keep_mention_way keep_unproven_way(const struct keep_unproven_file *f);
/* Appends the path of a file that names one, or words for the image's configuration. */
void keep_unproven_namer(const struct keep_set *k, const struct keep_mention_namer *namer, struct buf *out);
