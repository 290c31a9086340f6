#include "report/target/target_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/report_error.h"
#include "report/step/step.h"
#include "text/json.h"

#define LABEL "%-12s"    /* the first column below the table */
#define WHAT_LEAST 24    /* columns of the first column of the table, */
#define WHAT_MOST 60     /* and bytes of what it shows */
#define SHOWN_REASON 160 /* bytes of why a step is not as expected */

/* ---- JSON ---- */

/* NULL and "" are both "none". */
static json_t *text(const char *s)
{
	return s && s[0] ? json_bytes(s, strlen(s)) : json_null();
}

static json_t *number(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *target_json(const struct report_target *r)
{
	const struct target_service *s = r->service;
	json_t *v = json_object();
	json_object_set_new(v, "reference", text(r->target));
	json_object_set_new(v, "address", text(s->address));
	json_object_set_new(v, "engine", text(s->container.engine));
	json_object_set_new(v, "container", text(s->container.name));
	json_object_set_new(v, "container_id", text(s->container.id));
	json_object_set_new(v, "image", text(s->container.image));
	json_object_set_new(v, "image_id", text(s->container.image_id));
	json_object_set_new(v, "pid", s->pid ? json_integer(s->pid) : json_null());
	return v;
}

static json_t *trace_json(const struct report_target_trace *t)
{
	if (!t->path)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:b}", "path", text(t->path), "paths", number(t->paths), "in_use_before",
			 number(t->before), "complete", t->complete);
}

void report_target_json(const struct report_target *r, struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *steps = json_array(), *notes = json_array();
	for (size_t i = 0; i < r->run->steps.count; i++)
		json_array_append_new(steps, report_step_json(&r->run->steps.steps[i]));
	for (size_t i = 0; i < r->notes.count; i++)
		json_array_append_new(
		    notes, json_pack("{s:s, s:o}", "code", r->notes.items[i].id, "text", text(r->notes.items[i].text)));
	json_object_set_new(root, "schema", json_string("slim.probe-result/v1"));
	json_object_set_new(root, "target", target_json(r));
	json_object_set_new(root, "ms", number(r->run->ms));
	json_object_set_new(root, "steps", steps);
	json_object_set_new(root, "trace", trace_json(&r->trace));
	json_object_set_new(root, "notes", notes);
	if (r->error.code)
		json_object_set_new(root, "error", report_error_member(&r->error));
	json_write_pretty(root, out);
}

/* ---- the table ---- */

static int width_of(const struct exercise_log *log)
{
	int most = WHAT_LEAST;
	for (size_t i = 0; i < log->count; i++) {
		CLEANUP_BUF struct buf what = {0};
		report_step_text(&what, log->steps[i].what, WHAT_MOST);
		if ((int)what.len > most)
			most = (int)what.len;
	}
	return most < WHAT_MOST + 3 ? most : WHAT_MOST + 3;
}

static void add_verdict(const struct exercise_step *s, struct buf *out)
{
	if (s->unexpected)
		buf_str(out, "unexpected: ");
	if (s->unexpected || s->error)
		report_step_text(out, s->unexpected ? s->unexpected : s->error, SHOWN_REASON);
	else if (s->wish == EXERCISE_WISH_MET)
		buf_str(out, "as expected");
	else
		buf_str(out, s->wish == EXERCISE_WISH_ERROR   ? "any will do"
			     : s->wish == EXERCISE_WISH_GUESS ? "guessed"
							      : "-");
}

static void add_step(const struct exercise_step *s, int width, struct buf *out)
{
	CLEANUP_BUF struct buf what = {0}, verdict = {0};
	char status[32], size[32], port[8] = "-";
	report_step_text(&what, s->what, WHAT_MOST);
	report_step_status(s, status);
	add_verdict(s, &verdict);
	if (s->port)
		snprintf(port, sizeof(port), "%u", s->port);
	buf_printf(out, "%-9s  %-*s %5s %9s %9s %6u ms  %s\n", exercise_kind_name(s->kind), width,
		   what.len ? what.data : "", port, status, report_step_size(s->answer.bytes, size), s->ms,
		   verdict.data);
}

static void add_line(const char *label, const char *value, struct buf *out)
{
	buf_printf(out, LABEL, label);
	report_step_text(out, value, SIZE_MAX);
	buf_char(out, '\n');
}

static void add_target(const struct report_target *r, struct buf *out)
{
	const struct target_service *s = r->service;
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, r->target);
	if (s->address)
		buf_printf(&b, " at %s", s->address);
	if (s->container.engine)
		buf_printf(&b, ", of %s", s->container.engine);
	if (s->container.image)
		buf_printf(&b, ", made from %s", s->container.image);
	if (s->container.engine)
		buf_printf(&b, ", process %d", (int)s->pid);
	add_line("target", b.data, out);
}

static void add_summary(const struct exercise_log *log, uint64_t ms, struct buf *out)
{
	size_t expected = 0, unexpected = 0, failed = 0;
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		expected += s->wish == EXERCISE_WISH_MET;
		unexpected += s->unexpected != NULL;
		failed += !s->unexpected && report_step_is_failed(s);
	}
	buf_printf(out, LABEL "%zu step%s in %.2f s", "sent", log->count, log->count == 1 ? "" : "s", (double)ms / 1e3);
	if (expected)
		buf_printf(out, ", %zu as expected", expected);
	if (unexpected)
		buf_printf(out, ", %zu not as expected", unexpected);
	if (failed)
		buf_printf(out, ", %zu failed", failed);
	buf_char(out, '\n');
}

void report_target_text(const struct report_target *r, struct buf *out)
{
	const struct exercise_log *log = &r->run->steps;
	const int width = width_of(log);
	add_target(r, out);
	if (log->count)
		buf_printf(out, "\n%-9s  %-*s %5s %9s %9s %9s  %s\n", "kind", width, "request", "port", "status",
			   "size", "time", "expectation");
	for (size_t i = 0; i < log->count; i++)
		add_step(&log->steps[i], width, out);
	buf_char(out, '\n');
	add_summary(log, r->run->ms, out);
	if (r->trace.path) {
		CLEANUP_FREE char *line =
		    mem_printf("%s, %" PRIu64 " paths, %" PRIu64 " of them in use before%s", r->trace.path,
			       r->trace.paths, r->trace.before, r->trace.complete ? "" : "; events were lost");
		add_line("trace", line, out);
	}
	for (size_t i = 0; i < r->notes.count; i++)
		add_line("note", r->notes.items[i].text, out);
}

void report_target_done(struct report_target *r)
{
	notes_done(&r->notes);
}
