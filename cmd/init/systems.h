/* cmd/init/systems.h - the CI systems that slim init writes a file for. */
#pragma once

#include "cmd/init/file.h"

struct init_system {
	const char *name;
	const char
	    *sign; /* what tells that it is in use: a path of the repository; one that ends with / is a directory */
	const char *file; /* what is written */
	const char *next; /* what the user does with it; NULL = nothing */
	const char
	    *text; /* lines; "?" before one: only if the image is made here, "!": only if not; @IMAGE@ is its name */
};

extern const struct init_system init_systems[];
extern const size_t init_n_systems;

/* Whether the repository at dir uses it. */
bool init_systems_is_used(const struct init_system *s, int dir);
/* Appends its file. */
void init_systems_text(const struct init_system *s, const struct init_source *source, struct buf *out);
