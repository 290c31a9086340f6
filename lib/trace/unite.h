/* trace/unite.h - unites traces of recordings that know nothing of each other, such as those of a pipeline's jobs. In
 * whatever order and groups they are united, and however often one of them is, the result is the same: uniting is
 * associative, commutative and idempotent. */
#pragma once

#include "trace/trace.h"

/* into has all that either has. Of a count the larger is taken, as the same recording may be in both; of two programs
 * that did something, the first by its bytes; of the unexplained paths, if there are too many, the first by theirs. */
void trace_unite(struct trace *into, const struct trace *from);
