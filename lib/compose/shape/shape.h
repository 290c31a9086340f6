/* compose/shape/shape.h - checks the values of one file, and gives each of them one form: a merge compares like with
 * like. scalars           text; true and false; numbers of bytes, milliseconds WORDS, TEST       list of strings, which
 * a merge replaces LIST, HOSTS       list of strings PAIRS             object of strings; null = a name without a value
 *   OBJECT            object of a section's keys
 *   OBJECTS, NAMES    object of such objects; NAMES may be given as a list of their names
 *   PORTS, DEVICES    list of strings, as docker run --publish and --device take them
 *   MOUNTS, GRANTS, ENV_FILES   list of objects; "target" or "path" tells them apart
 * Keys that are null or ignored are gone afterwards; refused ones stay, because the service may not be wanted. */
#pragma once

#include "compose/read/keys.h"
#include "compose/read/reading.h"

/* An object of that section's keys. */
int compose_shape(struct compose_scope *s, const struct compose_at *at, enum compose_section section, json_t *in,
		  json_t **out, struct err *err) MUST_CHECK;

/* Sets an error unless v is a list, or an object, of at most LIMIT_COMPOSE_ITEMS. */
int compose_check_list(const struct compose_scope *s, const struct compose_at *at, const json_t *v, struct err *err);
int compose_check_object(const struct compose_scope *s, const struct compose_at *at, const json_t *v, struct err *err);
