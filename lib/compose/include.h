/* compose/include.h - the files that a file includes. Spec: Compose Specification, 14-include.md. */
#pragma once

#include "base/strlist.h"
#include "compose/read/reading.h"

/* Files that are being read, for circles. */
struct compose_nest {
	const struct compose_nest *up;
	const char *path;
	unsigned depth;
};

/* Reads files as one tree, see model.h. */
typedef int compose_loader(struct compose_reading *r, const struct strlist *files, const char *dir,
			   const struct compose_env *env, const struct compose_nest *nest, json_t **out,
			   struct err *err);

/* Adds to the file's tree what the files of include: make, which load reads. */
int compose_include(struct compose_scope *s, json_t *include, const struct compose_nest *nest, compose_loader *load,
		    json_t *tree, struct err *err) MUST_CHECK;
