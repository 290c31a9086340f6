#include "pipeline/build/stage_check.h"

#include "pipeline/build/tell.h"
#include "pipeline/report_fill.h"

static void report_source_kept(struct report *r)
{
	notes_add(&r->notes, "source-layers-kept",
		  "one layer would be no smaller than the source's own: the result has those");
	pipeline_build_report_source(r);
}

/* What is judged is what the report says. ERR_GATE. */
static int judge(struct pipeline_build_state *b, struct err *err)
{
	const struct ci_gate_figures figures = {
	    .report = b->report,
	    .baseline = b->baseline.name ? &b->baseline : NULL,
	    .tree = {.keep = &b->selection.keep,
		     .packages = &b->selection.packages,
		     .trace = &b->original.trace,
		     .whole = pipeline_prefers_source(&b->slim)},
	    .unproven_known = b->report->unproven.items != NULL,
	    .unproven_files = b->report->unproven.files,
	    .unproven_bytes = b->report->unproven.bytes,
	};
	if (b->n_stored) /* else this platform was run, and only others have traces */
		ci_drift_judge(&b->options->check->max_drift, &b->report->drift, &b->report->gates);
	ci_gate_judge(&b->options->check->limits, &figures, &b->report->gates);
	return ci_gate_error(&b->report->gates, err);
}

/* A result that has the source's layers lacks nothing. */
static int find_unproven(struct pipeline_build_state *b, struct err *err)
{
	struct pipeline_selection *s = &b->selection;
	struct timings *t = progress_timings(b->session.progress);
	const size_t step = timings_begin(t, "look for names of removed files", NULL);
	int r = pipeline_prefers_source(&b->slim) ? 0 : keep_unproven_find(&s->keep, &s->unproven, err);
	timings_end(t, step);
	if (r == 0)
		pipeline_report_fill_unproven(&s->keep, &s->unproven, &b->report->unproven);
	return r;
}

static int compare_lock(struct pipeline_build_state *b, struct err *err)
{
	const struct ci_lock_tree tree = {
	    .keep = &b->selection.keep,
	    .whole = pipeline_prefers_source(&b->slim),
	    .packages = &b->selection.packages,
	    .edits = &b->selection.edits,
	};
	return pipeline_check_lock(b->options->check, &tree, &b->slim.result.config_bytes, &b->lock, b->report, err);
}

/* Fills the report with everything that is known of the result. */
static int describe(struct pipeline_build_state *b, struct err *err)
{
	int r = pipeline_slim_image_wait(&b->slim, err);
	if (r < 0 || (r = find_unproven(b, err)) < 0)
		return r;
	pipeline_build_fill_report(b, &b->selection);
	if (pipeline_prefers_source(&b->slim))
		report_source_kept(b->report);
	return b->options->check->lock.file ? compare_lock(b, err) : 0;
}

int pipeline_build_check(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	int r = progress_step(b->session.progress, "check", 0, 0, "", err);
	if (r < 0 || (r = describe(b, err)) < 0)
		return r;
	return judge(b, err);
}

void pipeline_build_check_different(struct pipeline_build_state *b)
{
	struct err e = {0};
	if (describe(b, &e) < 0) {
		if (!b->filled)
			pipeline_build_fill_report(b, NULL);
		notes_add(&b->report->notes, "report-incomplete", "the report lacks some figures of the result: %s",
			  e.msg);
	}
	(void)judge(b, NULL);
}
