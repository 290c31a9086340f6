/* trace/unite.h - unites traces of recordings that know nothing of each other, such as those of a pipeline's jobs. In
 * whatever order and groups they are united, and however often one of them is, the result is the same: uniting is
 * associative, commutative and idempotent. */
#pragma once

#include "trace/trace.h"

/* Adds to into what it lacks of from. Of two counts the larger remains, since both traces may hold the same
 * recording. Of two programs that did something, and of unexplained paths above the limit, the first in byte order
 * remain. */
void trace_unite(struct trace *into, const struct trace *from);
