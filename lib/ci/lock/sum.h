/* ci/lock/sum.h - sums up many entries in one line: their number, bytes, marks, and a digest of their lines.
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

/* Add the entries in path order. The sum borrows them. */
void ci_lock_sum_add(struct ci_lock_sum *s, struct ci_lock_entry *e);
void ci_lock_sum_end(struct ci_lock_sum *s);
/* Appends the words that follow the key in a line. */
void ci_lock_sum_write(const struct ci_lock_sum *s, struct buf *out);
void ci_lock_sum_done(struct ci_lock_sum *s);
