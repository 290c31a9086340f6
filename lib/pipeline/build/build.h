/* pipeline/build/build.h - builds a slim image: all stages from the reference of the source to the published image and
 * the report. */
#pragma once

#include "pipeline/build/options.h"
#include "report/report.h"

/* ERR_DIFFERS: the result is not equal to the original, and nothing was published; the report's verify says why.
 * ERR_GATE: the result is outside of a limit, and nothing was published; the report's gates say which.
 * ERR_TIMEOUT: the time of the command is over (stages.h).
 * With keep_original the original is published instead, and 0 is returned: the report's gates say so, and its error
 * says why. That holds for every failure once source and destinations are open, but not for ERR_INVAL, a mistake in the
 * options, not for ERR_CANCELLED, and not once the result is being published.
 * log: receives the output of the containers; its end explains a failure. */
int pipeline_build(const struct pipeline_build_options *options, const struct progress *progress, struct report *report,
		   struct buf *log, struct err *err) MUST_CHECK;
