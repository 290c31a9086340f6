/* cmd/docker_slim/take.h - translates one option of docker-slim. */
#pragma once

#include "cmd/docker_slim/state.h"

/* Adds what the option means for slim. value: NULL = a boolean without a value; a secret is blanked. s->variable: the
 * variable that the value comes from. */
int docker_slim_take_value(struct docker_slim_state *s, const struct docker_slim_row *row, char *value,
			   struct err *err) MUST_CHECK;
