/* pipeline/build/build.h - builds a slim image: all stages from the reference of the source to the published image and
 * the report. */
#pragma once

#include "pipeline/build/options.h"
#include "report/report.h"

/* ERR_DIFFERS: built, but not equal to the original: nothing was published; the report's verify says why. ERR_GATE: the
 * same, but a limit is not kept; the report's gates say which. With keep_original both are no failure, nor is another
 * one of the work itself (but not a mistake in the options, ERR_INVAL, nor ERR_CANCELLED): the report's gates say that
 * the original was published, and its error why.
 * log: receives what the containers printed (the tail of it is what explains a failure). */
int pipeline_build(const struct pipeline_build_options *options, const struct progress *progress, struct report *report,
		   struct buf *log, struct err *err) MUST_CHECK;
