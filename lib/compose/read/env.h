/* compose/read/env.h - the variables that a compose file may use. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/* Where variables come from: what is above first, then this process if host is true, then vars. */
struct compose_env {
	const struct compose_env *up; /* NULL = none */
	bool host;
	json_t *vars; /* an object of strings; NULL = none */
};

/* NULL = not set. Borrowed. */
const char *compose_env_get(const struct compose_env *e, const char *name);
