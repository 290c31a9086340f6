/* keep/rules/glob_index.h - finds the patterns that match a path without trying each one: by the last component, which
 * is a plain name in most of them. Immutable after _init; it borrows the patterns. */
#pragma once

#include "base/strset.h"

struct keep_glob_wild {
	uint32_t pattern;
	uint32_t before, after; /* bytes of the last component in front of its first star, and behind its last */
	const char *last;       /* component; NULL = it may be any number of them */
	uint32_t n;             /* bytes of it */
};

struct keep_glob_index {
	const char *const *patterns;
	uint32_t count;
	/* Private. */
	struct strset names;    /* that a last component is */
	uint32_t *first, *next; /* by name, and by pattern: a chain of patterns in their order; UINT32_MAX ends it */
	struct keep_glob_wild *wild; /* all others, in their order */
	size_t n_wild;
};

/* patterns: as for glob_match_end, borrowed. */
void keep_glob_index_init(struct keep_glob_index *x, const char *const *patterns, uint32_t count);
void keep_glob_index_done(struct keep_glob_index *x);
/* The first pattern from number `from` on that matches the absolute path; count = none. So all are found in their
 * order. */
uint32_t keep_glob_index_next(const struct keep_glob_index *x, const char *path, uint32_t from);
