/* keep/trees/siblings.h - keeps the files beside a data file that a run opened by name, if their names end alike: a
 * dictionary beside a dictionary, a class of TeX's beside a class. A file that a run lists, executes or loads as code
 * says nothing about its neighbours. Serves directories that are not a program's own, or are too large to stay whole.
 */
#pragma once

#include "keep/set.h"
#include "packages/package.h"

/* Bytes of regular files that are added: for one directory and ending, and in all. */
struct keep_siblings_limits {
	uint64_t group, sum;
};
#ifndef KEEP_SIBLINGS_MIB /* docs/limits.md: why so many */
#define KEEP_SIBLINGS_MIB 64
#endif
#define KEEP_SIBLINGS_LIMITS                                                                                           \
	((struct keep_siblings_limits){(uint64_t)KEEP_SIBLINGS_MIB << 20, 4 * (uint64_t)KEEP_SIBLINGS_MIB << 20})

struct keep_siblings_group {
	uint32_t dir;
	uint32_t user;      /* a file that a run opened, with the ending */
	const char *ending; /* with the dot; the index's */
	uint64_t bytes;     /* of what was not kept before */
	bool cut;           /* nothing was added: too much */
};

struct keep_siblings {
	struct keep_siblings_group *items; /* that have something to add; by bytes, the smallest first */
	size_t count, cap;
};

/* After keep_trees_add. *out: the caller's, to be given to _done; lasts as long as the index. */
void keep_siblings_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		       struct keep_siblings_limits limits, struct keep_siblings *out);
void keep_siblings_done(struct keep_siblings *s);
