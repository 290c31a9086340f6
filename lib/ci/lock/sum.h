/* ci/lock/sum.h - many entries in one line: how many, their bytes, a digest of their lines, their marks.
 * Lifetime: all zero, any number of _add, one _end or none, _done. */
#pragma once

#include "base/buf.h"
#include "ci/lock/listing.h"

struct ci_lock_sum {
	uint64_t count, bytes;
	struct sha256 *hash; /* NULL = nothing was added */
	char **marks;        /* of the entries, borrowed */
	size_t cap;
	char digest[SHA256_HEX_SIZE]; /* from _end on */
};

/* The entries come in path order. The sum borrows them. */
void ci_lock_sum_add(struct ci_lock_sum *s, struct ci_lock_entry *e);
void ci_lock_sum_end(struct ci_lock_sum *s);
/* Appends the words of a line behind the key. */
void ci_lock_sum_write(const struct ci_lock_sum *s, struct buf *out);
void ci_lock_sum_done(struct ci_lock_sum *s);
