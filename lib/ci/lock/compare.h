/* ci/lock/compare.h - what a result holds now, against a lock file of another result, in lines for a person:
 * "libssl3 3.0.11-1 -> 3.0.13-1", "4 files new under /app/templates", "/app/main.py changed". The sizes of the results
 * are not compared. How the lock file has put entries together does not matter. */
#pragma once

#include "base/strlist.h"
#include "ci/lock/lock.h"

/* Appends the lines, packages first; none = the result holds the same. Escaped for a terminal. */
void ci_lock_compare(const struct ci_lock *old, const struct ci_lock_listing *now, struct strlist *lines);
