/* cmd/docker_slim/variables.h - the environment variables of docker-slim's options: DSLIM_ and the option's name in
 * capitals with underscores, and shorter names that docker-slim has for some (DSLIM_RC_ENV for --env). */
#pragma once

#include "cmd/docker_slim/state.h"

/* A set of rows. */
struct docker_slim_table {
	const struct docker_slim_row *rows;
	size_t n;
};

/* The value of the row's variable, borrowed from the environment; NULL = it is not set, or empty. name: receives the
 * variable's name. */
char *docker_slim_variable(const struct docker_slim_row *row, char name[64]);
/* Notes each DSLIM_ variable that belongs to no option of the tables. If used is false, the command line is not
 * docker-slim's: then notes all that are set. */
void docker_slim_variables_note(struct docker_slim_state *s, const struct docker_slim_table *tables, size_t n,
				bool used);
