/* tests/unit/probe/http/scripts.h - runs scripts of requests against a server of the test, and tells the steps as
 * text. */
#pragma once

#include "unit.h"

#include "net/test_server.h"
#include "probe/probe.h"

static inline struct probe_request *add(struct probe_script *s, const char *method, const char *path, int first,
					int last)
{
	struct probe_request *q = probe_script_add(s, method, path);
	if (first)
		probe_request_status(q, first, last);
	return q;
}

static unsigned scripts_variant; /* of the exercise */
static int scripts_root = -1;    /* of the container's files */

static inline struct exercise_log run_log(const struct probe_script_options *o, const uint16_t *ports, size_t n,
					  const struct progress *progress, int *r, struct err *err)
{
	struct oci_port list[4] = {{0}};
	for (size_t i = 0; i < n; i++)
		list[i].number = ports[i];
	const struct exercise_target t = {.host = "127.0.0.1",
					  .ports = list,
					  .n_ports = n,
					  .root = scripts_root,
					  .host_mount_ns = -1,
					  .variant = scripts_variant,
					  .progress = progress};
	struct exercise_log log = {0};
	struct exercise e;
	probe_script(o, &e);
	*r = e.run(e.ctx, &t, &log, err);
	return log;
}

/* The steps, one line each: "WHAT STATUS BYTES", or its error; "+" if it is expected, "!" and why if it is not. */
static inline char *lines_of(struct exercise_log *log)
{
	struct buf b = {0};
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		assert_int_equal(s->kind, EXERCISE_HTTP);
		buf_printf(&b, "%s %d ", s->what, s->status);
		if (s->error)
			buf_str(&b, s->error);
		else
			buf_printf(&b, "%d", (int)s->answer.bytes);
		buf_printf(&b, "%s%s%s\n", s->wish == EXERCISE_WISH_MET ? " +" : "", s->unexpected ? " ! " : "",
			   s->unexpected ? s->unexpected : "");
	}
	exercise_log_done(log);
	return buf_steal(&b);
}

static inline void steps_are(const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		print_error("got:\n%s\nwant:\n%s", got, want);
	assert_string_equal(got, want);
}
