/* compose/read/interpolate.h - a text with its variables replaced. */
#pragma once

#include "base/buf.h"
#include "base/strset.h"
#include "compose/read/env.h"

/* What an environment file and a compose file say with variables: $NAME, ${NAME}, ${NAME:-default}, -, :?, ?, :+ and +,
 * in each other; $$ is a dollar sign. Spec: Compose Specification, 12-interpolation.md.
 * unset: the names that are not set and have no default are added to it; NULL = nobody asks.
 * ERR_INVAL: it is malformed, or a required variable is missing. ERR_LIMIT: more than max bytes, or too deep. */
int compose_interpolate(const struct compose_env *e, const char *text, size_t max, struct strset *unset,
			struct buf *out, struct err *err) MUST_CHECK;
