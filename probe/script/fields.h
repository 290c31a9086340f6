/* probe/script/fields.h - reads the members of objects that people write by hand: each message names the file, the line
 * if it is known, and the member. All functions of this file that fail give ERR_INVAL, probe-file-malformed. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/yaml.h"

struct probe_fields {
	const char *what;               /* the file, for messages */
	const struct yaml_lines *lines; /* NULL = unknown */
	int dir;                        /* that files are named from, see probe_fields_file; -1 = no files */
};

/* Fills err with "FILE, line N: ..."; key: a member of container, or NULL for all of it. Returns -ERR_INVAL. */
int probe_fields_fail(const struct probe_fields *f, const json_t *container, const char *key, struct err *err,
		      const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Fails unless all members of the object are of the list, which ends with NULL. where: what the object is, "a
 * request". */
int probe_fields_known(const struct probe_fields *f, const json_t *object, const char *where,
		       const char *const *allowed, struct err *err) MUST_CHECK;

/* Appends a scalar as text: a number as JSON writes it, null as nothing. False if it is not a scalar. */
bool probe_fields_text(const json_t *v, struct buf *out);

/* Reads members of an object. If a member is missing or null, *out is left alone. Text may be any scalar; in it
 * "${env:NAME}" is replaced by that environment variable, and "${env:NAME:-TEXT}" by TEXT if the variable is not set.
 * Text from the environment is not expanded again; other "${...}" are left for the script. *out: free(). */
int probe_fields_get_text(const struct probe_fields *f, const json_t *object, const char *key, char **out,
			  struct err *err) MUST_CHECK;
int probe_fields_get_bool(const struct probe_fields *f, const json_t *object, const char *key, bool *out,
			  struct err *err) MUST_CHECK;
int probe_fields_get_uint(const struct probe_fields *f, const json_t *object, const char *key, unsigned min,
			  unsigned max, unsigned *out, struct err *err) MUST_CHECK;
int probe_fields_get_object(const struct probe_fields *f, const json_t *object, const char *key, json_t **out,
			    struct err *err) MUST_CHECK;
/* The text of v, which is the member key of container or an element of it. */
int probe_fields_value(const struct probe_fields *f, const json_t *container, const char *key, const json_t *v,
		       char **out, struct err *err) MUST_CHECK;
/* Appends text with the environment in it. */
int probe_fields_expand(const struct probe_fields *f, const json_t *container, const char *key, const char *text,
			struct buf *out, struct err *err) MUST_CHECK;

/* Appends the file of at most LIMIT_PROBE_BODY bytes. path is relative to f->dir. No "..", absolute path or symlink
 * leads out of that folder, since a probe file that came with a project must not send other files of this machine. */
int probe_fields_file(const struct probe_fields *f, const json_t *container, const char *key, const char *path,
		      struct buf *out, struct err *err) MUST_CHECK;

/* Appends bytes that the script takes as they are: "${" becomes "$${". */
void probe_fields_literal(struct buf *out, const char *data, size_t n);
/* Appends text percent-encoded but for unreserved characters (RFC 3986, 2.3) and for "${...}". */
void probe_fields_percent(struct buf *out, const char *text);
