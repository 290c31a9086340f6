/* keep/application/used.h - what the runs used of an image, as the levels above closure ask for it.
 * Lifetime: _init after keep_trace, any number of questions, _done. */
#pragma once

#include "keep/set.h"

struct keep_used {
	bool *below;           /* by node: a run used this file, or one below this directory */
	struct strset sources; /* extensions of sources (keep_leftover_source) that a run read */
};

void keep_used_init(struct keep_used *u, const struct keep_set *k);
void keep_used_done(struct keep_used *u);
/* Whether a file's name ends as sources do of which no run read one. */
bool keep_used_lacks_source(const struct keep_used *u, const char *name);
