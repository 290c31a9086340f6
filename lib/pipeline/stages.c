#include "pipeline/stages.h"

#include "base/clock.h"

int pipeline_stages_run(const struct pipeline_stage *stages, size_t n, void *ctx, struct report *report,
			struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint64_t from = clock_ms();
		r = stages[i].run(ctx, err);
		report_stage_add(report, stages[i].name, clock_ms() - from);
	}
	return r;
}
