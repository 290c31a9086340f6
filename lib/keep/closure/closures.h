/* keep/closure/closures.h - all closures, run until nothing new is kept. */
#pragma once

#include "keep/set.h"

/* Keeps what the kept files need, at the set's level. May run again after more was kept. */
int keep_closures(struct keep_set *k, struct err *err) MUST_CHECK;
