/* tests/unit/probe/http/site.h - runs the HTTP probe against a server of the test, and tells its steps as text; and a
 * site to crawl. */
#pragma once

#include "unit.h"

#include "net/test_server.h"
#include "probe/probe.h"

static struct test_server server;
static bool with_extras; /* the steps that want an error, too */
static unsigned variant; /* of the exercise */

static inline bool reply_html(struct test_conn *c, const char *html)
{
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", html, strlen(html));
}

static inline bool redirect(struct test_conn *c, const char *location)
{
	CLEANUP_FREE char *header = mem_printf("Location: %s\r\n", location);
	return test_reply(c, "302 Found", header, "", 0);
}

/* Run the probe on the ports and write its steps, one line each, without their times. */
static inline int probe(const struct probe_http_options *o, const uint16_t *ports, size_t n,
			const struct progress *progress, char **out)
{
	struct oci_port list[4] = {{0}};
	for (size_t i = 0; i < n; i++)
		list[i].number = ports[i];
	struct exercise_target t = {.host = "127.0.0.1",
				    .ports = list,
				    .n_ports = n,
				    .hostname = "web",
				    .host_mount_ns = -1,
				    .variant = variant,
				    .progress = progress};
	struct exercise_log log = {0};
	struct exercise e;
	struct buf b = {0};
	probe_http(o, &e);
	int r = e.run(e.ctx, &t, &log, NULL);
	for (size_t i = 0; i < log.count; i++) {
		const struct exercise_step *s = &log.steps[i];
		assert_int_equal(s->kind, EXERCISE_HTTP);
		bool first = false;
		for (size_t k = 0; k < n; k++)
			first |= ports[k] == s->port;
		assert_true(first);
		if (s->wish == EXERCISE_WISH_ERROR && !with_extras)
			continue;
		if (s->error)
			buf_printf(&b, "%s %d %s\n", s->what, s->status, s->error);
		else
			buf_printf(&b, "%s %d %d\n", s->what, s->status, (int)s->answer.bytes);
	}
	for (size_t i = 0; i < log.notes.count; i++)
		buf_printf(&b, "%s: %s\n", log.notes.items[i].id, log.notes.items[i].text);
	exercise_log_done(&log);
	*out = buf_steal(&b);
	return r;
}

static inline void steps_are(const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		print_error("got:\n%s\nwant:\n%s", got, want);
	assert_string_equal(got, want);
}

/* Probe the server with the handler, compare the steps. */
static inline void site_one(const struct probe_http_options *o, bool tls,
			    bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, tls, handle);
	int r = probe(o, &server.port, 1, NULL, &got);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	steps_are(got, want);
}

/* probe_http_options_init, with more time for sanitizers. */
static const struct probe_http_options defaults = {
    .max_pages = PROBE_HTTP_PAGES, .max_depth = PROBE_HTTP_DEPTH, .timeout_ms = 60000, .crawl = true};

static inline bool site(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_FREE char *origin = mem_printf("127.0.0.1:%u", server.port);
	CLEANUP_BUF struct buf b = {0};
	if (strcmp(path, "/") == 0) {
		buf_str(&b,
			"<html><link rel=stylesheet href=style.css?v=1><script src=/app.js></script>"
			"<style>p{background:url(bg.png)}</style><body>"
			"<a href=a/>a</a><a href=/a/#part>again</a><a href='./x/../a/'>again</a><a href=/>self</a>");
		buf_printf(&b, "<a href='http://%s/abs'></a><a href='//%s/net'></a><a href='https://%s/no'></a>",
			   origin, origin, origin);
		buf_str(&b, "<a href='http://127.0.0.1:1/no'></a><a href='http://localhost.example/no'></a>"
			    "<a href='mailto:no'></a><a href='javascript:no'></a>"
			    "<img src=i.png srcset='i2.png 2x'><form action=/search><input name=q></form>"
			    "<a href='/same'></a><a href=/other></a>"
			    "<a href=/tls></a><a href=/to-itself></a><a href=/short></a><a href=/close></a>"
			    "<a href=/0.9></a><a href=/500></a><a href='/a b?c=d e'></a>");
		return reply_html(c, b.data);
	}
	if (strcmp(path, "/style.css?v=1") == 0) {
		static const char css[] = "@import 'more.css'; p{background:url(\"/bg.png\")}";
		return test_reply(c, "200 OK", "Content-Type: text/css\r\n", css, strlen(css));
	}
	if (strcmp(path, "/app.js") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/javascript\r\n", "'<a href=/no>'", 14);
	if (strcmp(path, "/a/") == 0)
		return reply_html(c, "<base href=/b/><a href=../a/>up</a><a href=deep>deep</a>");
	if (strcmp(path, "/same") == 0)
		return redirect(c, "/landed?x=1#y");
	if (strcmp(path, "/other") == 0)
		return redirect(c, "http://other.example/no");
	if (strcmp(path, "/tls") == 0) {
		buf_printf(&b, "https://%s/", origin);
		return redirect(c, b.data);
	}
	if (strcmp(path, "/to-itself") == 0)
		return redirect(c, "/to-itself");
	if (strcmp(path, "/short") == 0)
		return !test_send_str(c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
	if (strcmp(path, "/close") == 0)
		return false;
	if (strcmp(path, "/0.9") == 0)
		return !test_send_str(c, "hello");
	if (strcmp(path, "/500") == 0)
		return test_reply(c, "500 Oh", "Content-Type: text/html\r\n", "<a href=/from-500>", 18);
	if (strcmp(path, "/b/deep") == 0)
		return reply_html(c, "<a href=/3>");
	if (strcmp(path, "/3") == 0)
		return reply_html(c, "<a href=/4>");
	return test_reply(c, "404 Not Found", "", "no", 2);
}
