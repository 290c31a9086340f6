/* pipeline/stages.h - the stages of a verb, in order, each timed under its name. */
#pragma once

#include "report/report.h"

#define PIPELINE_STAGES_LATE "command-timeout" /* the id of that error */

struct pipeline_stage {
	const char *name;
	int (*run)(void *ctx, struct err *err);
};

/* Stops at the first that fails. Its time is reported, too, so the last stage in the report is the one that failed.
 * ERR_TIMEOUT: the time limit of the command (base/stop.h) ended the stage. */
int pipeline_stages_run(const struct pipeline_stage *stages, size_t n, void *ctx, struct report *report,
			struct err *err) MUST_CHECK;
