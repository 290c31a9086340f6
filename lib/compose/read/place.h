/* compose/read/place.h - where a value stands in the files, for messages: "FILE, line 7: services.web.ports[1]: ..". */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "formats/yaml.h"

/* A file of the project. */
struct compose_source {
	char *path; /* absolute */
	json_t *raw;
	struct yaml_lines lines;
};

struct compose_sources {
	struct compose_source **items;
	size_t count, cap;
};

void compose_sources_done(struct compose_sources *s);

/* A member or an element, and what it is in. It lies on the stack of the function that reads it. */
struct compose_at {
	const struct compose_at *up; /* NULL = the document */
	const char *key;             /* NULL = an element of a list */
	size_t index;
};
#define COMPOSE_KEY(at, name) (&(const struct compose_at){.up = (at), .key = (name)})
#define COMPOSE_ITEM(at, i) (&(const struct compose_at){.up = (at), .index = (i)})

/* Puts the place before the message, and returns the negative code. only: the file; NULL = the one of all files, the
 * last first, that has most of the path. at: NULL = the document. */
int compose_place_wrap(const struct compose_sources *all, const struct compose_source *only,
		       const struct compose_at *at, struct err *err);
