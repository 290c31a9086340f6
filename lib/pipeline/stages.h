/* pipeline/stages.h - the stages of a verb, in order, each timed under its name. */
#pragma once

#include "report/report.h"

struct stage {
	const char *name;
	int (*run)(void *ctx, struct err *err);
};

/* Stops at the first that fails. Its time counts, too; that is how it is known. */
int stages_run(const struct stage *stages, size_t n, void *ctx, struct report *report, struct err *err) MUST_CHECK;
