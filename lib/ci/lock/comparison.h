/* ci/lock/comparison.h - the parts of a comparison (compare.h): maps the lines of the lock file to the entries of the
 * listing. Private to lib/ci/lock/. */
#pragma once

#include "base/strlist.h"
#include "ci/lock/marks.h"

/* Lines of the lock file, by key. */
struct ci_lock_table {
	struct strset keys;
	struct ci_lock_item const **items; /* by id of keys */
};
void ci_lock_table_add(struct ci_lock_table *t, const struct ci_lock *lock, const struct ci_lock_item *item);
void ci_lock_table_done(struct ci_lock_table *t);
/* The line of that key, or NULL. */
const struct ci_lock_item *ci_lock_table_find(const struct ci_lock_table *t, const char *key, size_t n);

void ci_lock_members_add(struct ci_lock_members *m, struct ci_lock_entry *e);
/* True if the sum was made of the same members. */
bool ci_lock_members_equal(const struct ci_lock_item *old, const struct ci_lock_members *now);

struct ci_lock_comparison {
	const struct ci_lock *old;
	const struct ci_lock_listing *now;
	struct ci_lock_table entries, sums, packages, config; /* lines of one entry; CI_LOCK_FILES; CI_LOCK_PACKAGE */
	struct ci_lock_members *members;                      /* by line: the entries that it counts */
	struct ci_lock_members *fresh;                        /* by package of the listing: entries of new packages */
	struct ci_lock_changes changes;
	struct strlist *out;
};

/* Appends the changes of packages. members and fresh must be complete. */
void ci_lock_compare_packages(struct ci_lock_comparison *c);
