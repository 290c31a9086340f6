/* compose/find.h - which files a project has, where it is, and what it is called. */
#pragma once

#include "compose/project.h"
#include "compose/read/reading.h"

/* What the options, the variables and the directory say. */
struct compose_found {
	struct strlist files; /* absolute */
	char *working_dir;    /* absolute */
	json_t *vars;         /* of the environment files */
};

/* ERR_NOTFOUND: there is no file. */
int compose_find(struct compose_reading *r, const struct compose_options *o, struct compose_found *out,
		 struct err *err) MUST_CHECK;
void compose_found_done(struct compose_found *f);

/* The project's name: of the options, COMPOSE_PROJECT_NAME, the last file that has one, or the directory. free(). */
int compose_find_name(struct compose_reading *r, const struct compose_options *o, const struct compose_found *f,
		      const struct compose_env *env, char **out, struct err *err) MUST_CHECK;
