/* tests/unit/report/sample.h - the build that the report tests describe. */
#pragma once

#include <string.h>

#include "report/report.h"

static inline void sample_step(struct run_result *run, enum exercise_kind kind, const char *what, uint16_t port,
			       int status, const char *error)
{
	struct exercise_step s = {.kind = kind,
				  .what = mem_strdup(what),
				  .port = port,
				  .status = status,
				  .answer = {.bytes = 612},
				  .ms = 4,
				  .error = mem_strdup(error)};
	exercise_log_add(&run->steps, &s);
}

static inline void sample_sizes(struct report *r)
{
	r->source = (struct report_image){.reference = mem_strdup("oci:in:nginx:1.25"),
					  .size_bytes = 187234567,
					  .compressed_bytes = 71000000,
					  .layers = 7,
					  .files = 3140};
	r->cached_layers = 3;
}

static inline void sample_result(struct report *r)
{
	r->result = (struct report_image){.reference = mem_strdup("oci:out:slim"),
					  .size_bytes = 14312345,
					  .compressed_bytes = 900000,
					  .layers = 1,
					  .files = 72};
	strcpy(r->result.digest, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static inline void sample_destination(struct report *r)
{
	r->destinations = mem_calloc(1, sizeof(*r->destinations));
	r->n_destinations = 1;
	struct report_destination *d = r->destinations;
	d->reference = mem_strdup("docker://r.io/app:1");
	strlist_add(&d->names, "r.io/app:2");
	strcpy(d->digest, "sha256:00");
	d->pinned = mem_strdup("r.io/app@sha256:00");
}

/* An ordinary run: one page, one that is not there. */
static inline struct run_result *sample_run(struct report *r)
{
	struct run_result *run = run_results_add(&r->runs);
	*run = (struct run_result){.command = mem_strdup("nginx -g 'daemon off;'"),
				   .status = 143,
				   .ms = 3456,
				   .ready_ms = 123,
				   .witnesses = TRACE_BY_PTRACE};
	sample_step(run, EXERCISE_HTTP, "GET /", 80, 200, NULL);
	sample_step(run, EXERCISE_HTTP, "GET /favicon.ico", 80, 404, NULL);
	return run;
}

static inline void sample_rest(struct report *r)
{
	report_stage_add(r, "unpack", 1200);
	report_stage_add(r, "record", 4023);
	r->trace.paths = 1234;
	r->trace.processes = 5;
	notes_add(&r->notes, "test-note", "the container wrote to %s", "/var/cache");
}

static inline void sample_path(struct trace *t, const char *path, uint8_t found, uint8_t witnesses)
{
	trace_add(t, path, strlen(path), TRACE_OPEN, UINT32_MAX, witnesses);
	t->entries[strset_find(&t->paths, path)].found = found;
}

static inline void sample_trace(struct report *r)
{
	CLEANUP_TRACE struct trace t = {.processes = 2};
	(void)trace_program(&t, "/bin/sh");
	sample_path(&t, "/a", TRACE_FOUND_YES, TRACE_BY_PTRACE | TRACE_BY_FANOTIFY);
	sample_path(&t, "/b", TRACE_FOUND_NO, TRACE_BY_PTRACE);
	sample_path(&t, "/proc/self", TRACE_FOUND_UNKNOWN, TRACE_BY_FANOTIFY);
	t.comparison.files_calls = 1;
	t.comparison.files_fanotify = 2;
	t.comparison.files_both = 3;
	t.comparison.rules[TRACE_RULE_OTHER_NAME] = 4;
	t.comparison.rules[TRACE_RULE_INTERPRETER] = 2;
	trace_add_port(&t, 8080, false);
	trace_add_port(&t, 53, true);
	trace_add_port(&t, 53, false);
	report_trace_add(r, &t);
	report_trace_file_add(r, "a\033.json", 3, true);
	report_trace_file_add(r, "b.json", 1, false);
}

/* Of the first step. */
static inline void sample_need(struct report *r)
{
	r->needs = (struct report_needs){mem_calloc(1, sizeof(struct report_need)), 1};
	r->needs.items[0] = (struct report_need){2, 1247000, mem_strdup("zlib1g"), 900000};
}

/* Two of 40 files that not all of three runs used. */
static inline void sample_stability(struct report *r)
{
	struct report_stability *s = &r->stability;
	*s = (struct report_stability){.runs = 3, .files = 40, .files_in_some = 2, .n_items = 2};
	s->items = mem_calloc(2, sizeof(*s->items));
	s->items[0] = (struct report_unstable){mem_strdup("/srv/a\033"), 1 << 1};
	s->items[1] = (struct report_unstable){mem_strdup("/srv/b"), 1 << 0 | 1 << 2};
}
