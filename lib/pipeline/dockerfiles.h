/* pipeline/dockerfiles.h - writes what a repository may keep beside a build: the result as a Dockerfile. */
#pragma once

#include "pipeline/original.h"
#include "pipeline/selection.h"
#include "pipeline/slim_image.h"

struct pipeline_dockerfiles {
	const char *dockerfile;             /* the file that is written; NULL = none */
	const char *created;                /* RFC 3339; NULL = no date is written */
	struct notes *notes;                /* receives what could not be said */
	const struct pipeline_selection *selection;
	const struct pipeline_slim_image *slim; /* packed; its session's source is still open */
	const struct verify_verdict *verdict;
};

int pipeline_dockerfiles_write(const struct pipeline_dockerfiles *d, struct err *err) MUST_CHECK;
