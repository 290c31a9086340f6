/* pipeline/build/dockerfiles.h - writes files for a team's repository: the result as a Dockerfile, and patterns for a
 * .dockerignore. */
#pragma once

#include "pipeline/original.h"
#include "pipeline/selection.h"
#include "pipeline/slim/image.h"

struct pipeline_dockerfiles {
	const char *dockerfile, *dockerignore; /* files to write; NULL = do not */
	const char *created;                   /* RFC 3339; NULL = no date is written */
	struct notes *notes;                   /* receives what the Dockerfile lacks */
	const struct report_image *result;     /* its figures */
	const struct evidence *evidence;       /* what the runs touched */
	const struct pipeline_selection *selection;
	const struct pipeline_slim_image *slim; /* packed; its session's source is still open */
	const struct verify_verdict *verdict;
};

int pipeline_dockerfiles_write(const struct pipeline_dockerfiles *d, struct err *err) MUST_CHECK;
