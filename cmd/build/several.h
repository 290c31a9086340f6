/* cmd/build/several.h - builds several platforms, writes the files of each, and prints what came of them. */
#pragma once

#include "cmd/build/plan.h"
#include "cmd/outcome.h"

/* The files of the first platform have the names that the user gave; pipeline_platform_file says those of the others.
 * *report: that of the platform that failed, else of the first, for the outputs of CI systems. Returns the exit code.
 */
int build_several(const struct build_flags *f, struct build_plan *plan, struct report *report, struct outcome *out);
