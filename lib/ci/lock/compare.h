/* ci/lock/compare.h - compares a result with the lock file of another result, in lines for a person:
 * "libssl3 3.0.11-1 -> 3.0.13-1", "4 files new under /app/templates", "/app/main.py changed". Does not compare the
 * sizes of the results. Lock files that group the same entries in different ways are equal. */
#pragma once

#include "base/strlist.h"
#include "ci/lock/lock.h"

/* Appends the lines, packages first; none if the result has the same content. Escaped for a terminal. */
void ci_lock_compare(const struct ci_lock *old, const struct ci_lock_listing *now, struct strlist *lines);
