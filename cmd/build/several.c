#include "cmd/build/several.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/batch/child.h"
#include "cmd/build/advice.h"
#include "cmd/build/files.h"
#include "cmd/build/several_summary.h"
#include "cmd/progress.h"
#include "cmd/streams.h"

/* The platform that failed, else the first; NULL = nothing was begun. */
static struct pipeline_platform_result *find_told(const struct pipeline_platform_results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].state == PIPELINE_PLATFORM_FAILED)
			return &results->items[i];
	return results->count && results->items[0].state == PIPELINE_PLATFORM_BUILT ? &results->items[0] : NULL;
}

/* The files of one platform. */
static int write_files(const struct build_flags *f, const struct pipeline_platform_result *result, size_t number,
		       struct err *err)
{
	struct build_flags own = *f; /* it borrows */
	CLEANUP_FREE char *report = pipeline_platform_file(f->report, number, result->name);
	CLEANUP_FREE char *html = pipeline_platform_file(f->html, number, result->name);
	CLEANUP_FREE char *artifacts = pipeline_platform_file(f->artifacts, number, result->name);
	own.report = report;
	own.html = html;
	own.artifacts = artifacts;
	return build_files_write(&own, &result->report, err);
}

static int write_all_files(const struct build_flags *f, const struct pipeline_platform_results *results,
			   struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < results->count; i++)
		if (results->items[i].state == PIPELINE_PLATFORM_BUILT ||
		    results->items[i].state == PIPELINE_PLATFORM_FAILED)
			r = write_files(f, &results->items[i], i, err);
	return r;
}

/* r: what the builds ended with. */
static int exit_code(int r)
{
	if (r == 0)
		return EXIT_DONE;
	return r == -ERR_GATE ? EXIT_GATE : container_run_is_unproven(r) ? EXIT_DIFFERS : EXIT_FAILED;
}

static void print(const struct build_flags *f, const struct build_plan *plan,
		  const struct pipeline_platform_results *results, const struct pipeline_platform_result *told,
		  int code, uint64_t ms, struct outcome *out)
{
	const struct build_several_outcome o = {
	    .results = results,
	    .source = plan->options.session.source_text,
	    .status = code,
	    .error = out->err.code ? &out->err : NULL,
	    .ms = ms,
	};
	const struct report_terminal terminal = {
	    .columns = streams_columns(STDOUT_FILENO),
	    .colour = streams_has_colour(STDOUT_FILENO),
	    .report_file = f->report,
	    .page = f->html,
	};
	if (f->json && batch_child_is_this()) /* it is one image there */
		report_json(&told->report, false, &out->result);
	else if (f->json)
		build_several_json(&o, &out->result);
	else if (!f->container.quiet && !build_flags_take_stdout(f, &plan->options.wish))
		build_several_text(&o, streams_is_live(STDOUT_FILENO) ? &terminal : NULL, &out->result);
}

/* Once there is a result or a verdict. */
static int conclude(const struct build_flags *f, const struct build_plan *plan,
		    const struct pipeline_platform_results *results, struct pipeline_platform_result *told, int r,
		    uint64_t ms, struct outcome *out)
{
	struct err unwritten = {0};
	int code = exit_code(r);
	if (r < 0)
		build_advise(&told->report, r, out);
	if (write_all_files(f, results, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		return EXIT_FAILED;
	}
	if (r == 0 || r == -ERR_GATE || f->json)
		print(f, plan, results, told, code, ms, out);
	return code;
}

int build_several(const struct build_flags *f, struct build_plan *plan, struct report *report, struct outcome *out)
{
	CLEANUP_PIPELINE_PLATFORMS struct pipeline_platform_results results = {0};
	CLEANUP_BUF struct buf log = {0};
	const uint64_t from = clock_ms();
	struct progress progress;
	if (container_run_begin(&plan->container, true, &progress, NULL, &out->err) < 0 ||
	    (f->json && streams_check_output(&out->err) < 0))
		return EXIT_FAILED;
	progress_of(PROGRESS_BUILD);
	progress.timings = report->timings;
	plan->options.session = plan->container.options; /* borrowed: plan.container owns it */
	plan->platforms.options.build = &plan->options;
	int r = pipeline_platforms_build(&plan->platforms.options, &progress, &results, &log, &out->err);
	struct pipeline_platform_result *told = find_told(&results);
	const struct report none = {0};
	if (r == 0)
		progress_finish();
	container_run_end(&f->container, told ? &told->report : &none, &log, r < 0 ? &out->err : NULL);
	if (!told)
		return EXIT_FAILED;
	const bool verdict =
	    r == 0 || r == -ERR_GATE || container_run_is_unproven(r) || container_run_is_late(&out->err);
	const int code = verdict ? conclude(f, plan, &results, told, r, clock_ms() - from, out) : EXIT_FAILED;
	*report = told->report; /* the results lose it */
	told->report = none;
	return code;
}
