/* tests/unit/probe/http/scripts_served.h - a server of the test for scripts, and a script run against it. */
#pragma once

#include "probe/http/scripts.h"

static struct test_server server;

static inline bool reply_html(struct test_conn *c, const char *html)
{
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", html, strlen(html));
}

static inline void script_one(struct probe_script *script, bool tls,
			      bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	const struct probe_script_options o = {.script = script, .timeout_ms = 60000};
	struct err err = {0};
	int r;
	assert_int_equal(probe_script_check(script, 0, "test", &err), 0);
	test_server_start(&server, tls, handle);
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, &err);
	test_server_stop(&server);
	if (r < 0)
		print_error("%s\n", err.msg);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
}

static inline void set_body(struct probe_request *q, const char *type, const char *body)
{
	if (type)
		strlist_take(&q->headers, mem_printf("Content-Type: %s", type));
	buf_str(&q->body, body);
	q->has_body = true;
}
