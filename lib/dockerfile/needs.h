/* dockerfile/needs.h - tells for each node of the original whether it is of use, and if not, how sure that is. A file
 * that only the level of the build keeps, such as the rest of an application, is unused. */
#pragma once

#include "keep/set.h"

enum dockerfile_need {
	DOCKERFILE_USED,    /* a run touched it, a closure reached it, or leaving it out is a risk */
	DOCKERFILE_UNUSED,  /* none of these, but nothing proves that the image works without it */
	DOCKERFILE_DROPPED, /* not in the result, which was verified */
};

/* By node; free(). k: what the result holds. reached: by node, what runs used and closures reached from that.
 * A file is a risk if a used file beside it has the same suffix: programs put such names together when they run. */
uint8_t *dockerfile_needs(const struct keep_set *k, const bool *reached, bool verified);
