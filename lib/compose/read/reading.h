/* compose/read/reading.h - what the parts of the reader share while a project is read.
 * A file goes through: source (bytes to values), interpolation, extends, shape (short forms become long ones, each key
 * is checked), include, merge; then all of them together through decode. A tree is never changed once it is made: merge
 * makes new objects that share their members. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/notes.h"
#include "base/strset.h"
#include "compose/read/env.h"
#include "compose/read/place.h"

struct compose_reading {
	struct compose_sources sources;
	struct strset unset; /* variables that were noted as not set */
	struct strset noted; /* keys that were noted as ignored */
	size_t values, text; /* spent */
	struct notes *notes;
	size_t files; /* read */
};

/* A file while it is read; after the merge, the whole project. */
struct compose_scope {
	struct compose_reading *reading;
	const struct compose_source *file; /* NULL = all */
	const struct compose_env *env;
	const char *dir; /* absolute: what relative paths are relative to */
	json_t *drops;   /* paths of !reset and !override: arrays of keys */
};

/* Sets the error of a value: "FILE, line 7: services.web.ports: ...". The code is ERR_LIMIT for the id
 * "compose-too-large", else ERR_INVAL. Most have the id "compose-invalid". */
int compose_fail(const struct compose_scope *s, const struct compose_at *at, struct err *err, const char *id,
		 const char *fmt, ...) PRINTF_LIKE(5, 6);

/* The member of a config or a secret that has the value of its variable, and of a service that has the variables of
 * its file. It is not a key of files. */
#define COMPOSE_VALUE "value"

/* Counts values and bytes of strings. ERR_LIMIT if the project has too many. */
int compose_spend(struct compose_reading *r, size_t values, size_t bytes, struct err *err) MUST_CHECK;

/* The absolute path without "." and "..", as the specification resolves it: by its text. "~" is the home directory.
 * free(); NULL = the home directory is not known. */
char *compose_path(const struct compose_scope *s, const char *path);

/* Reads a regular file. ERR_NOTFOUND, ERR_LIMIT, ERR_INVAL. */
int compose_read(struct compose_reading *r, const char *path, struct buf *out, struct err *err) MUST_CHECK;
/* Reads and parses a compose file; *out lives as long as r. */
int compose_source_open(struct compose_reading *r, const char *path, const struct compose_source **out,
			struct err *err) MUST_CHECK;
/* The file's values with their variables; new reference. Fills s->drops. Keys that begin with x- at the top are left
 * out. */
int compose_source_values(struct compose_scope *s, json_t **out, struct err *err) MUST_CHECK;
/* Adds the variables of an environment file to vars. A file that is missing is one of no variables if it is not
 * required. */
int compose_env_read(struct compose_reading *r, const struct compose_env *e, const char *path, bool required, bool raw,
		     json_t *vars, struct err *err) MUST_CHECK;
/* The directory of an absolute path; free(). */
char *compose_directory(const char *path);
