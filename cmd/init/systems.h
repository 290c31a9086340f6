/* cmd/init/systems.h - the CI systems that slim init writes a file for. */
#pragma once

#include "cmd/init/file.h"

struct init_system {
	const char *name;
	const char *sign; /* a path of the repository that shows its use; with / at the end a directory */
	const char *file; /* the file to write */
	const char *next; /* what the user has to do with it; NULL = nothing */
	const char *text; /* a line with "?" in front: only if the image is built here; with "!": only if not. @IMAGE@:
			     its name */
};

extern const struct init_system init_systems[];
extern const size_t init_n_systems;

/* True if the repository at dir uses the system. */
bool init_systems_is_used(const struct init_system *s, int dir);
/* Appends its file. */
void init_systems_text(const struct init_system *s, const struct init_source *source, struct buf *out);
