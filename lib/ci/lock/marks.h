/* ci/lock/marks.h - tells by the marks of a sum what became of its entries, whose names it does not hold. */
#pragma once

#include "ci/lock/changes.h"
#include "ci/lock/lock.h"

/* Entries that are counted in one sum. */
struct ci_lock_members {
	struct ci_lock_entry **items; /* borrowed, in path order */
	size_t count, cap;
};

/* Adds the new and changed ones of now to out, and counts by kind. Of what was dropped only the number is known. Two
 * entries may have the same half of a mark by chance, one in 262144: a new one may be taken for a changed one then. */
void ci_lock_marks_compare(const struct ci_lock_item *old, const struct ci_lock_members *now,
			   struct ci_lock_changes *out, size_t counts[CI_LOCK_CHANGES]);
