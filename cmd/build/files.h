/* cmd/build/files.h - the files that slim build leaves beside the image: its report, in its shape or docker-slim's, and
 * its page. */
#pragma once

#include "cmd/build/flags.h"
#include "cmd/outcome.h"
#include "report/report.h"

/* Checks that all files can be written. Call it before a long run. */
int build_files_check(const struct build_flags *f, struct err *err) MUST_CHECK;
/* Writes the report and the page. Call it once there is a result or a verdict, or the time is over. */
int build_files_write(const struct build_flags *f, const struct report *report, struct err *err) MUST_CHECK;
/* Writes docker-slim's report, also if the build failed. code: what the build ends with; returns it, or EXIT_FAILED if
 * the report cannot be written. */
int build_files_write_theirs(const struct build_flags *f, const char *source, const struct report *report,
			     struct outcome *out, int code);
