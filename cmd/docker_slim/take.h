/* cmd/docker_slim/take.h - translates one option of docker-slim's. */
#pragma once

#include "cmd/docker_slim/state.h"

/* The option with its value (NULL = a boolean alone), which is blanked if it is secret. s->variable: the variable that
 * it comes from. */
int docker_slim_take_value(struct docker_slim_state *s, const struct docker_slim_row *row, char *value,
			   struct err *err) MUST_CHECK;
