/* compose/read/env_file.h - files of variables. Spec: Compose Specification, 05-services.md, env_file. */
#pragma once

#include "compose/read/env.h"

/* Adds what the environment file says. Values are as the specification has them (quotes, variables, comments), or with
 * raw as docker run --env-file reads them. e: what its variables stand for; a NAME alone is the variable of e. */
int compose_env_parse(const struct compose_env *e, const char *data, size_t n, bool raw, const char *what, json_t *vars,
		      struct err *err) MUST_CHECK;
