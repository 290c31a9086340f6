/* pipeline/build/dockerfiles.h - writes what a repository may keep beside a build: the result as a Dockerfile, and
 * patterns for a .dockerignore. */
#pragma once

#include "pipeline/original.h"
#include "pipeline/selection.h"
#include "pipeline/slim_image.h"

struct pipeline_dockerfiles {
	const char *dockerfile, *dockerignore; /* files that are written; NULL = not */
	const char *created;                   /* RFC 3339; NULL = no date is written */
	struct notes *notes;                   /* receives what could not be said */
	const struct evidence *evidence;       /* what the runs touched */
	const struct pipeline_selection *selection;
	const struct pipeline_slim_image *slim; /* packed; its session's source is still open */
	const struct verify_verdict *verdict;
};

int pipeline_dockerfiles_write(const struct pipeline_dockerfiles *d, struct err *err) MUST_CHECK;
