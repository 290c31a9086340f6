/* cmd/inspect/files.h - the files that slim inspect writes: its report, in its shape or docker-slim's, the findings as
 * SARIF, and its page. */
#pragma once

#include "cmd/inspect/image.h"
#include "cmd/outcome.h"

/* Checks that all files can be written, and that only one thing goes to standard output. Call it before a long run. */
int inspect_files_check(const struct inspect_flags *f, struct err *err) MUST_CHECK;
/* Writes the files. theirs: the report has docker-slim's shape, and is written even if the image could not be read.
 * code: what the verb ends with; returns it, or EXIT_FAILED if a file cannot be written. */
int inspect_files_write(const struct inspect_flags *f, bool theirs, const char *name, const struct inspect_image *i,
			int code, struct outcome *out);
