/* cmd/docker_slim/variables.h - the variables of docker-slim's options: DSLIM_ and the option's name in capitals with
 * underscores, and the names that docker-slim itself gives to some of them (DSLIM_RC_ENV of --env). */
#pragma once

#include "cmd/docker_slim/state.h"

/* A set of rows. */
struct docker_slim_table {
	const struct docker_slim_row *rows;
	size_t n;
};

/* The value of the row's variable and, into name, what it is called; NULL = there is none, or it is empty. Borrowed
 * from the environment. */
char *docker_slim_variable(const struct docker_slim_row *row, char name[64]);
/* Notes each DSLIM_ variable that belongs to no option of the tables. used: false = notes all that are set, because
 * the command line is not docker-slim's. */
void docker_slim_variables_note(struct docker_slim_state *s, const struct docker_slim_table *tables, size_t n,
				bool used);
