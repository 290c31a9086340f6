#include "pipeline/stages.h"

#include "base/clock.h"
#include "base/stop.h"

int pipeline_stages_run(const struct pipeline_stage *stages, size_t n, void *ctx, struct report *report,
			struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint64_t from = clock_ms();
		const size_t step = timings_enter(report->timings, stages[i].name, NULL);
		r = stages[i].run(ctx, err);
		timings_end(report->timings, step);
		const uint64_t took = clock_ms() - from;
		report_stage_add(report, stages[i].name, took);
		if (r == -ERR_CANCELLED && stop_is_timeout())
			return err_set(err, ERR_TIMEOUT, "command-timeout",
				       "time is up, as --timeout says: the stage %s was running, for %.1f s; give it "
				       "more time, or find out why that stage takes so long",
				       stages[i].name, (double)took / 1e3);
	}
	return r;
}
