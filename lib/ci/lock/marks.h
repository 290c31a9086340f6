/* ci/lock/marks.h - finds new and changed entries of a sum by its marks. A sum does not hold the names of its entries.
 */
#pragma once

#include "ci/lock/changes.h"
#include "ci/lock/lock.h"

/* The entries of one sum. */
struct ci_lock_members {
	struct ci_lock_entry **items; /* borrowed, in path order */
	size_t count, cap;
};

/* Adds the new and changed entries of now to out, and counts all by kind. Of dropped entries only the number is known.
 * Half a mark of two entries is equal by chance in one of 262144 cases: then a new entry may look like a changed one.
 */
void ci_lock_marks_compare(const struct ci_lock_item *old, const struct ci_lock_members *now,
			   struct ci_lock_changes *out, size_t counts[CI_LOCK_CHANGES]);
