/* cmd/build/files.h - the files that slim build leaves beside the image: its report, in its shape or docker-slim's. */
#pragma once

#include "cmd/build/flags.h"
#include "cmd/outcome.h"
#include "report/report.h"

/* Whether all files can be written, before a long run. */
int build_files_check(const struct build_flags *f, struct err *err) MUST_CHECK;
/* Once there is a result or a verdict. */
int build_files_write(const struct build_flags *f, const struct report *report, struct err *err) MUST_CHECK;
/* docker-slim's report is there if the build failed, too. code: what the build ends with; returns it, or EXIT_FAILED if
 * the report cannot be written. */
int build_files_write_theirs(const struct build_flags *f, const char *source, const struct report *report,
			     struct outcome *out, int code);
