/* keep/closure/closures.h - all closures, run until nothing new is kept. */
#pragma once

#include "keep/set.h"

/* Keeps what the kept files need, at the set's level. May run again after more was kept. */
int keep_closures(struct keep_set *k, struct err *err) MUST_CHECK;
/* Asks the closures of the level "closure" what the files of a set name, and keeps nothing: what k does not hold goes
 * to mentions. */
int keep_closures_tell(const struct keep_set *k, struct keep_mentions *mentions, struct err *err) MUST_CHECK;
