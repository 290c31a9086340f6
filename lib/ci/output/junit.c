#include "ci/output/junit.h"

#include <inttypes.h>
#include <string.h>

#include "ci/output/text.h"
#include "report/step/step.h"

#define SHOWN_TEXT 1000

/* A suite while its cases are made: how many come before the cases. */
struct suite {
	const char *name;
	unsigned tests, failures, errors, skipped;
	uint64_t ms;
	struct buf cases;
};

static void add_seconds(uint64_t ms, struct buf *out)
{
	buf_printf(out, "time=\"%" PRIu64 ".%03u\"", ms / 1000, (unsigned)(ms % 1000));
}

/* what: "failure", "error" or "skipped"; NULL = it passed. why: the reason for that. */
static void add_case(struct suite *s, const char *name, uint64_t ms, const char *what, const char *why)
{
	struct buf *out = &s->cases;
	s->tests++;
	s->ms += ms;
	buf_str(out, "    <testcase name=\"");
	ci_text(out, name && *name ? name : "-", SHOWN_TEXT, ci_text_xml);
	buf_printf(out, "\" classname=\"slim.%s\" ", s->name);
	add_seconds(ms, out);
	if (!what) {
		buf_str(out, "/>\n");
		return;
	}
	s->failures += strcmp(what, "failure") == 0;
	s->errors += strcmp(what, "error") == 0;
	s->skipped += strcmp(what, "skipped") == 0;
	if (strcmp(what, "skipped") == 0) { /* the schema of Jenkins knows no attribute of it */
		buf_str(out, ">\n      <skipped>");
		ci_text(out, why, SHOWN_TEXT, ci_text_xml);
		buf_str(out, "</skipped>\n    </testcase>\n");
		return;
	}
	buf_printf(out, ">\n      <%s message=\"", what);
	ci_text(out, why, SHOWN_TEXT, ci_text_xml);
	buf_str(out, "\" type=\"slim\"/>\n    </testcase>\n");
}

/* Appends the suite, unless it is empty. */
static void end(struct suite *s, struct suite *all, struct buf *out)
{
	if (s->tests) {
		buf_printf(out,
			   "  <testsuite name=\"slim.%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" ",
			   s->name, s->tests, s->failures, s->errors, s->skipped);
		add_seconds(s->ms, out);
		buf_str(out, ">\n");
		buf_append(out, s->cases.data, s->cases.len);
		buf_str(out, "  </testsuite>\n");
	}
	all->tests += s->tests;
	all->failures += s->failures;
	all->errors += s->errors;
	all->ms += s->ms;
	buf_done(&s->cases);
}

/* Only what no other suite tells of: a difference or a gate is a failure there. */
static void add_build(const struct ci_build *b, struct suite *all, struct buf *out)
{
	struct suite s = {.name = "build"};
	const char *status = ci_build_status(b);
	uint64_t ms = 0;
	for (size_t i = 0; i < b->report->n_stages; i++)
		ms += b->report->stages[i].ms;
	const bool failed = b->error && b->error->code != ERR_NONE;
	add_case(&s, b->report->source.reference, ms,
		 !failed                                                           ? NULL
		 : strcmp(status, "failed") == 0 || strcmp(status, "stopped") == 0 ? "error"
										   : "failure",
		 failed ? b->error->msg : NULL);
	end(&s, all, out);
}

static void add_step(struct suite *s, const struct exercise_step *step)
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
	add_case(s, name.data, step->ms, report_step_is_failed(step) ? "failure" : NULL, why.data);
}

static void add_runs(const struct report *r, struct suite *all, struct buf *out)
{
	struct suite runs = {.name = "runs"}, probes = {.name = "probes"};
	for (size_t i = 0; i < r->runs.count; i++) {
		const struct run_result *run = &r->runs.items[i];
		add_case(&runs, run->command, run->ms, run->failure ? "failure" : NULL, run->failure);
		for (size_t j = 0; j < run->steps.count; j++)
			add_step(&probes, &run->steps.steps[j]);
	}
	end(&runs, all, out);
	end(&probes, all, out);
}

static void add_verify(const struct verify_verdict *v, struct suite *all, struct buf *out)
{
	struct suite s = {.name = "verify"};
	if (v->skipped)
		add_case(&s, "the result is equal to the original", 0, "skipped", v->skipped);
	else if (v->done && v->equal)
		add_case(&s, "the result is equal to the original", 0, NULL, NULL);
	for (size_t i = 0; i < v->n_differences; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		CLEANUP_BUF struct buf name = {0}, why = {0};
		buf_printf(&name, "%s: %s", d->where, d->what);
		buf_printf(&why, "%.400s, was %.400s", d->got, d->expected);
		add_case(&s, name.data, 0, "failure", why.data);
	}
	for (size_t i = 0; i < v->n_lookups && !v->equal; i++)
		add_case(&s, v->lookups[i].path, 0, "failure",
			 "the slim image looked for it, and only the original has it");
	end(&s, all, out);
}

static void add_gates(const struct report_gates *g, struct suite *all, struct buf *out)
{
	struct suite s = {.name = "gates"};
	for (size_t i = 0; i < g->count; i++) {
		const struct report_gate *gate = &g->items[i];
		CLEANUP_BUF struct buf name = {0};
		buf_printf(&name, "--%s", gate->name);
		if (gate->limit)
			buf_printf(&name, " %s", gate->limit);
		add_case(&s, name.data, 0, gate->passed ? NULL : "failure", gate->figure);
	}
	end(&s, all, out);
}

void ci_junit(const struct ci_build *b, struct buf *out)
{
	struct suite all = {.name = "slim"};
	CLEANUP_BUF struct buf suites = {0};
	add_build(b, &all, &suites);
	add_runs(b->report, &all, &suites);
	add_verify(&b->report->verify, &all, &suites);
	add_gates(&b->report->gates, &all, &suites);
	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<testsuites name=\"slim\" tests=\"%u\" failures=\"%u\" errors=\"%u\" ",
		   all.tests, all.failures, all.errors);
	add_seconds(all.ms, out);
	buf_str(out, ">\n");
	buf_append(out, suites.data, suites.len);
	buf_str(out, "</testsuites>\n");
}
