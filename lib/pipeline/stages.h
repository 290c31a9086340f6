/* pipeline/stages.h - the stages of a verb, in order, each timed under its name. */
#pragma once

#include "report/report.h"

struct pipeline_stage {
	const char *name;
	int (*run)(void *ctx, struct err *err);
};

/* Stops at the first that fails. Its time counts, too; that is how it is known. */
int pipeline_stages_run(const struct pipeline_stage *stages, size_t n, void *ctx, struct report *report,
			struct err *err) MUST_CHECK;
