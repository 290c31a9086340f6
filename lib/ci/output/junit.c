#include "ci/output/junit.h"

#include <string.h>

#include "ci/output/junit_suite.h"
#include "report/step/step.h"

/* A difference or a gate that fails is a failure of its own suite, too. */
static void add_build(const struct ci_build *b, struct ci_junit_suite *all, struct buf *out)
{
	static const char *const names[] = {[CI_BUILD] = "build", [CI_VERIFY] = "verification", [CI_RECORD] = "record"};
	struct ci_junit_suite s = {.name = names[b->verb]};
	const char *status = ci_build_status(b);
	uint64_t ms = 0;
	for (size_t i = 0; i < b->report->n_stages; i++)
		ms += b->report->stages[i].ms;
	const bool failed = b->error && b->error->code != ERR_NONE;
	ci_junit_case(&s, b->report->source.reference, ms,
		      !failed                                                           ? NULL
		      : strcmp(status, "failed") == 0 || strcmp(status, "stopped") == 0 ? "error"
											: "failure",
		      failed ? b->error->msg : NULL);
	ci_junit_suite_end(&s, all, out);
}

static void add_step(struct ci_junit_suite *s, const struct exercise_step *step)
{
	CLEANUP_BUF struct buf name = {0}, why = {0};
	char status[32];
	buf_printf(&name, "%s %s", exercise_kind_name(step->kind), step->what ? step->what : "");
	if (step->port)
		buf_printf(&name, " on port %u", step->port);
	report_step_status(step, status);
	buf_str(&why, status);
	if (step->error || step->unexpected)
		buf_printf(&why, ", %s", step->error ? step->error : step->unexpected);
	ci_junit_case(s, name.data, step->ms, report_step_is_failed(step) ? "failure" : NULL, why.data);
}

static void add_runs(const struct report *r, struct ci_junit_suite *all, struct buf *out)
{
	struct ci_junit_suite runs = {.name = "runs"}, probes = {.name = "probes"};
	for (size_t i = 0; i < r->runs.count; i++) {
		const struct run_result *run = &r->runs.items[i];
		ci_junit_case(&runs, run->command, run->ms, run->failure ? "failure" : NULL, run->failure);
		for (size_t j = 0; j < run->steps.count; j++)
			add_step(&probes, &run->steps.steps[j]);
	}
	ci_junit_suite_end(&runs, all, out);
	ci_junit_suite_end(&probes, all, out);
}

static void add_verify(const struct verify_verdict *v, struct ci_junit_suite *all, struct buf *out)
{
	struct ci_junit_suite s = {.name = "verify"};
	if (v->skipped)
		ci_junit_case(&s, "the result is equal to the original", 0, "skipped", v->skipped);
	else if (v->done && v->equal)
		ci_junit_case(&s, "the result is equal to the original", 0, NULL, NULL);
	for (size_t i = 0; i < v->n_differences; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		CLEANUP_BUF struct buf name = {0}, why = {0};
		buf_printf(&name, "%s: %s", d->where, d->what);
		buf_printf(&why, "%.400s, was %.400s", d->got, d->expected);
		ci_junit_case(&s, name.data, 0, "failure", why.data);
	}
	for (size_t i = 0; i < v->n_lookups && !v->equal; i++)
		ci_junit_case(&s, v->lookups[i].path, 0, "failure",
			      "the slim image looked for it, and only the original has it");
	ci_junit_suite_end(&s, all, out);
}

static void add_gates(const struct report_gates *g, struct ci_junit_suite *all, struct buf *out)
{
	struct ci_junit_suite s = {.name = "gates"};
	for (size_t i = 0; i < g->count; i++) {
		const struct report_gate *gate = &g->items[i];
		CLEANUP_BUF struct buf name = {0};
		buf_printf(&name, "--%s", gate->name);
		if (gate->limit)
			buf_printf(&name, " %s", gate->limit);
		ci_junit_case(&s, name.data, 0, gate->passed ? NULL : "failure", gate->figure);
	}
	ci_junit_suite_end(&s, all, out);
}

void ci_junit(const struct ci_build *b, struct buf *out)
{
	struct ci_junit_suite all = {.name = "slim"};
	CLEANUP_BUF struct buf suites = {0};
	add_build(b, &all, &suites);
	add_runs(b->report, &all, &suites);
	add_verify(&b->report->verify, &all, &suites);
	add_gates(&b->report->gates, &all, &suites);
	ci_junit_document(&all, &suites, out);
}
