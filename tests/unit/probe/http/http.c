#include "unit.h"

#include <fcntl.h>

#include "base/clock.h"
#include "net/test_server.h"
#include "probe/probe.h"

static struct test_server server;
static int cancel_pipe[2] = {-1, -1};
static bool with_extras; /* the steps that want an error, too */
static unsigned variant; /* of the exercise */
static int closed_first; /* connections that are closed or reset before one is served */

static bool reply_html(struct test_conn *c, const char *html)
{
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", html, strlen(html));
}

static bool redirect(struct test_conn *c, const char *location)
{
	CLEANUP_FREE char *header = mem_printf("Location: %s\r\n", location);
	return test_reply(c, "302 Found", header, "", 0);
}

/* Run the probe on the ports and write its steps, one line each, without their times. */
static int probe(const struct probe_http_options *o, const uint16_t *ports, size_t n, const struct progress *progress,
		 char **out)
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

static void steps_are(const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		print_error("got:\n%s\nwant:\n%s", got, want);
	assert_string_equal(got, want);
}

/* Probe the server with the handler, compare the steps. */
static void site_one(const struct probe_http_options *o, bool tls,
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

static bool site(struct test_conn *c, const char *method, const char *path)
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

static void every_link_once(void **state)
{
	site_one(&defaults, false, site,
		 "GET / 200 710\n"
		 "GET /style.css?v=1 200 48\n"
		 "GET /app.js 200 14\n"
		 "GET /bg.png 404 2\n"
		 "GET /a/ 200 56\n"
		 "GET /abs 404 2\n"
		 "GET /net 404 2\n"
		 "GET /i.png 404 2\n"
		 "GET /i2.png 404 2\n"
		 "GET /search?q= 404 2\n"
		 "GET /same 302 0\n"
		 "GET /other 302 0\n"
		 "GET /tls 302 0\n"
		 "GET /to-itself 302 0\n"
		 "GET /short -1 the connection broke before the answer was complete\n"
		 "GET /close -1 closed without an answer: Connection reset by peer\n"
		 "GET /0.9 -1 the answer is not HTTP\n"
		 "GET /500 500 18\n"
		 "GET /a%20b?c=d+e 404 2\n"
		 "GET /more.css 404 2\n"
		 "GET /b/deep 200 11\n"
		 "GET /landed?x=1 404 2\n"
		 "GET /from-500 404 2\n"
		 "GET /3 200 11\n");
}

static void caps(void **state)
{
	struct probe_http_options o = defaults;
	o.max_depth = 1;
	o.max_pages = 3;
	site_one(&o, false, site,
		 "GET / 200 710\n"
		 "GET /style.css?v=1 200 48\n"
		 "GET /app.js 200 14\n");
	o.max_depth = PROBE_HTTP_DEPTH;
	o.max_pages = 1;
	site_one(&o, false, site, "GET / 200 710\n");
}

static bool has_header(const struct test_conn *c, const char *line)
{
	return strstr(c->head, line) != NULL;
}

/* A static server: it knows two methods, and whether what it has is what was got before. */
static bool cached(struct test_conn *c, const char *method, const char *path)
{
	static const char validators[] = "ETag: \"1\"\r\nLast-Modified: Sat, 01 Jan 2022 00:00:00 GMT\r\n";
	if (strcmp(method, "HEAD") == 0)
		return test_send_str(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
	if (strcmp(method, "GET") != 0)
		return test_reply(c, "501 Not Implemented", "", "no", 2);
	if (strcmp(path, "/") != 0)
		return test_reply(c, "404 Not Found", "", "no", 2);
	if (has_header(c, "\r\nIf-None-Match: \"1\"\r\n") &&
	    has_header(c, "\r\nIf-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT\r\n"))
		return test_send_str(c, "HTTP/1.1 304 Not Modified\r\n\r\n");
	return test_reply(c, "200 OK", validators, "page", 4);
}

static bool falling_over(struct test_conn *c, const char *method, const char *path)
{
	bool root = strcmp(method, "GET") == 0 && strcmp(path, "/") == 0;
	return test_reply(c, root ? "200 OK" : "500 Oh", "", "", 0);
}

static void errors_are_asked_for(void **state)
{
	with_extras = true;
	site_one(&defaults, false, cached,
		 "GET / 200 4\nGET / if changed 304 0\nHEAD / 200 0\n"
		 "GET /no-such-page-asked-for-by-slim 404 2\nPROPFIND / 501 2\n");
	site_one(&defaults, false, falling_over,
		 "GET / 200 0\nHEAD / 500 0\nGET /no-such-page-asked-for-by-slim 500 0\nPROPFIND / 500 0\n");
	struct probe_http_options o = defaults;
	o.crawl = false;
	site_one(&o, false, cached, "GET / 200 4\n");
	with_extras = false;
}

static bool silent_to_head(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(method, "HEAD") != 0)
		return test_reply(c, "200 OK", "", "page", 4);
	test_hang(c);
	return false;
}

/* The time of the crawls is not for that. */
static void who_never_answers_head_is_not_waited_for_long(void **state)
{
	const uint64_t began = clock_ms();
	with_extras = true;
	site_one(&defaults, false, silent_to_head, "GET / 200 4\nHEAD / -1 no answer within 5 s\n");
	with_extras = false;
	assert_true(clock_ms() - began < 30000);
}

static bool forms(struct test_conn *c, const char *method, const char *path)
{
	return reply_html(c, strcmp(path, "/") == 0
				 ? "<form action=/find><input name=q value='a b'></form>"
				   "<form action=/login method=post><input name=user><input name=password></form>"
				   "<form method=post></form><form action=http://other.example/ method=post></form>"
				 : "");
}

static void forms_with_post_are_noted(void **state)
{
	test_server_start(&server, false, forms);
	CLEANUP_FREE char *got = NULL;
	CLEANUP_FREE char *want = mem_printf(
	    "GET / 200 208\nGET /find?q=a+b 200 0\n"
	    "forms-not-sent: the crawl of port %u sent no form with POST, so that what these need was not "
	    "seen: POST /login (user, password), POST /; send such requests with a probe file or --host-exec\n",
	    server.port);
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	steps_are(got, want);
}

/* What a page says that is fit for a header, a script and a shop. */
static bool shop(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	if (strcmp(path, "/m.js") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/javascript\r\n", "import './n.js'", 15);
	if (strcmp(path, "/") != 0)
		return reply_html(c, "");
	buf_str(&b, "<script type=module src=/m.js></script>");
	for (unsigned i = 1; i <= 20; i++)
		buf_printf(&b, "<a href=/item/%u></a><a href='/list?page=%u'></a>", i, i);
	buf_printf(&b, "<a href=http://localhost:%u/l></a><a href=http://web:%u/w></a>", server.port, server.port);
	return test_reply(c, "200 OK", "Content-Type: text/html\r\nLink: </s.css>; rel=preload\r\n", b.data, b.len);
}

static void pages_that_are_alike_are_sampled(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, shop);
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	char *first = strchr(got, '\n'); /* whose size depends on the port */
	assert_non_null(first);
	steps_are(first + 1,
		  "GET /s.css 200 0\nGET /m.js 200 15\nGET /item/1 200 0\nGET /list?page=1 200 0\nGET /item/2 200 0\n"
		  "GET /list?page=2 200 0\nGET /item/3 200 0\nGET /list?page=3 200 0\nGET /item/4 200 0\n"
		  "GET /item/5 200 0\nGET /l 200 0\nGET /w 200 0\nGET /n.js 200 0\n");
}

/* Each page comes late, and leads to one more. */
static bool sluggish(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_FREE char *page = mem_printf("<a href=%sx>", path);
	assert_int_equal(progress_wait(NULL, 100, NULL), 0);
	return reply_html(c, page);
}

static void the_time_of_a_crawl_is_bounded(void **state)
{
	CLEANUP_FREE char *got = NULL;
	struct probe_http_options o = defaults;
	o.max_ms = 1000;
	o.max_depth = 1000;
	test_server_start(&server, false, sluggish);
	CLEANUP_FREE char *note = mem_printf(
	    "crawl-cut-short: the crawl of port %u ended after 1 s (--http-crawl-max-time); at least ", server.port);
	assert_int_equal(probe(&o, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	assert_non_null(strstr(got, note));
	assert_null(strstr(got, "/xxxxxxxxxxxxxxxxxxxx")); /* after 2 s */
}

/* 0 does not stand for a default. */
static void zeros_are_zeros(void **state)
{
	struct probe_http_options o = defaults;
	o.max_depth = 0;
	site_one(&o, false, site, "GET / 200 710\n");
	o = defaults;
	o.crawl = false;
	site_one(&o, false, site, "GET / 200 710\n");
	o.max_pages = 0;
	site_one(&o, false, site, "");
}

/* Each page links to one more, and redirects on without end. */
static bool endless(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=/r>r</a><a href=d/>d</a>");
	if (strncmp(path, "/r", 2) == 0) {
		CLEANUP_FREE char *next = mem_printf("%sr", path);
		return redirect(c, next);
	}
	return reply_html(c, "<a href=d/>d</a>");
}

static void endless_sites_end(void **state)
{
	site_one(&defaults, false, endless,
		 "GET / 200 32\n"
		 "GET /r 302 0\n"
		 "GET /d/ 200 16\n"
		 "GET /rr 302 0\n"
		 "GET /d/d/ 200 16\n"
		 "GET /rrr 302 0\n"
		 "GET /d/d/d/ 200 16\n"
		 "GET /rrrr 302 0\n"
		 "GET /rrrrr 302 0\n"
		 "GET /rrrrrr 302 0\n"
		 "GET /rrrrrrr 302 0\n"
		 "GET /rrrrrrrr 302 0\n"
		 "GET /rrrrrrrrr 302 0\n"
		 "GET /rrrrrrrrrr 302 0\n"
		 "GET /rrrrrrrrrrr 302 0\n");
}

static bool secure(struct test_conn *c, const char *method, const char *path)
{
	if (!c->ssl)
		return test_reply(c, "400 Bad Request", "", "use https", 9);
	CLEANUP_FREE char *page =
	    mem_printf("<a href=https://127.0.0.1:%u/tls><a href=http://127.0.0.1:%u/plain>", server.port, server.port);
	return strcmp(path, "/") == 0 ? reply_html(c, page) : reply_html(c, "tls");
}

static bool secure_that_closes(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl && secure(c, method, path);
}

static bool secure_with_alert(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl ? secure(c, method, path) : !test_send(c, "\x15\x03\x01\0\x02\x02\x46", 7);
}

static void tls_is_found_out(void **state)
{
	static bool (*const kinds[])(struct test_conn *, const char *, const char *) = {secure, secure_that_closes,
											secure_with_alert};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_FREE char *got = NULL;
		test_server_start(&server, true, kinds[i]);
		assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
		test_server_stop(&server);
		assert_int_equal(strncmp(got, "GET / 200 ", 10), 0);
		assert_non_null(strstr(got, "\nGET /tls 200 3\n"));
		assert_null(strstr(got, "plain"));
	}
}

static bool bad_request(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "400 Bad Request", "", "no such host", 12);
}

static bool redis(struct test_conn *c, const char *method, const char *path)
{
	return !test_send_str(c, "-ERR wrong number of arguments for 'get' command\r\n");
}

static void a_400_is_an_answer(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, bad_request);
	server.waits = true;
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	steps_are(got, "GET / 400 12\n");
}

static void other_protocols_are_a_step(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, redis);
	CLEANUP_FREE char *want = mem_printf("GET / -1 no HTTP spoken on port %u\n", server.port);
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	steps_are(got, want);
}

static bool late(struct test_conn *c, const char *method, const char *path)
{
	if (closed_first-- <= 0)
		return reply_html(c, "here");
	if (closed_first % 2)
		test_reset(c);
	return false;
}

static void workers_may_come_later(void **state)
{
	closed_first = 3; /* the server sees no request in the attempt at TLS */
	site_one(&defaults, false, late, "GET / 200 4\n");
}

static int busy; /* answers that say "not yet" before the page is there */

static bool starting(struct test_conn *c, const char *method, const char *path)
{
	if (busy-- > 0)
		return test_reply(c, "503 Starting", "", "not yet", 7);
	return reply_html(c, "<a href=/a>up</a>");
}

static void a_service_that_is_starting_is_asked_again(void **state)
{
	busy = 2;
	site_one(&defaults, false, starting, "GET / 200 17\nGET /a 200 17\n");
}

static void a_refused_port_is_a_step(void **state)
{
	uint16_t ports[2];
	CLEANUP_FREE char *got = NULL;
	int fd = test_bind(&ports[0], false);
	test_server_start(&server, false, bad_request);
	ports[1] = server.port;
	assert_int_equal(probe(&defaults, ports, 2, NULL, &got), 0);
	test_server_stop(&server);
	close(fd);
	steps_are(got, "GET / -1 cannot connect: Connection refused\nGET / 400 12\n");
}

static struct test_server second;

/* Answers once the other port was asked. */
static bool after_the_other(struct test_conn *c, const char *method, const char *path)
{
	uint64_t until = clock_ms() + defaults.timeout_ms / 2;
	while (!test_server_requests(&second) && clock_ms() < until)
		assert_int_equal(progress_wait(NULL, 10, NULL), 0);
	return test_server_requests(&second) && test_reply(c, "200 OK", "", "slow", 4);
}

static bool prompt(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "200 OK", "", "prompt", 6);
}

static void a_slow_port_does_not_hold_up_the_others(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, after_the_other);
	test_server_start(&second, false, prompt);
	const uint16_t ports[] = {server.port, second.port};
	assert_int_equal(probe(&defaults, ports, 2, NULL, &got), 0);
	test_server_stop(&server);
	test_server_stop(&second);
	steps_are(got, "GET / 200 6\nGET / 200 4\n");
}

/* The first look finds the second port, the second look nothing. */
static void look_at_both(void *target)
{
	static struct oci_port ports[2];
	struct exercise_target *t = target;
	ports[0] = (struct oci_port){.number = server.port};
	ports[1] = (struct oci_port){.number = second.port};
	t->ports = ports;
	t->n_ports = 2;
}

static void ports_that_come_meanwhile(void **state)
{
	const struct probe_http_options o = {.max_pages = 1, .timeout_ms = 60000};
	struct exercise exercise;
	struct exercise_log log = {0};
	test_server_start(&server, false, prompt);
	test_server_start(&second, false, prompt);
	const struct oci_port first = {.number = server.port};
	struct exercise_target t = {
	    .host = "127.0.0.1", .ports = &first, .n_ports = 1, .host_mount_ns = -1, .look = look_at_both};
	t.exec_ctx = &t;
	probe_http(&o, &exercise);
	int r = exercise.run(exercise.ctx, &t, &log, NULL);
	test_server_stop(&server);
	test_server_stop(&second);
	assert_int_equal(r, 0);
	assert_int_equal(log.count, 2);
	assert_int_equal(log.steps[1].port, second.port);
	exercise_log_done(&log);
}

static void no_port_is_no_step(void **state)
{
	CLEANUP_FREE char *got = NULL;
	assert_int_equal(probe(&defaults, NULL, 0, NULL, &got), 0);
	assert_string_equal(got, "");
}

static bool slow(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=1><a href=2><a href=3><a href=4>");
	test_hang(c);
	return false;
}

static void a_port_that_only_times_out_is_left(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, slow);
	CLEANUP_FREE char *want = mem_printf("GET / 200 40\n"
					     "GET /1 -1 no answer within 0.5 s\n"
					     "GET /2 -1 no answer within 0.5 s\n"
					     "GET /3 -1 the crawl of port %u ends here: no answer within 0.5 s\n",
					     server.port);
	struct probe_http_options o = defaults;
	o.timeout_ms = 500;
	int r = probe(&o, &server.port, 1, NULL, &got);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	steps_are(got, want);
}

/* The container ends, or the user stops, while a request is under way, or between two tries. */
static bool cancelling(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=/last><a href=/never>");
	if (strcmp(path, "/last") != 0)
		return test_reply(c, "404 Not Found", "", "", 0);
	(void)!write(cancel_pipe[1], "x", 1);
	test_hang(c);
	return false;
}

static bool cancelling_close(struct test_conn *c, const char *method, const char *path)
{
	(void)!write(cancel_pipe[1], "x", 1);
	return false;
}

static void cancel_one(bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	CLEANUP_FREE char *got = NULL;
	assert_int_equal(pipe2(cancel_pipe, O_CLOEXEC), 0);
	struct progress p = {.cancel_fd = cancel_pipe[0]};
	test_server_start(&server, false, handle);
	/* no answer ever comes: only the cancelling ends it */
	struct probe_http_options o = defaults;
	o.timeout_ms = 3600000;
	int r = probe(&o, &server.port, 1, &p, &got);
	test_server_stop(&server);
	close(cancel_pipe[0]);
	close(cancel_pipe[1]);
	assert_int_equal(r, -ERR_CANCELLED);
	steps_are(got, want);
}

static void cancel(void **state)
{
	cancel_one(cancelling, "GET / 200 29\nGET /last -1 stopped on request\n");
	cancel_one(cancelling_close, "GET / -1 stopped on request\n");
}

static void ports_of_something_else(void **state)
{
	struct probe_http_options o = defaults;
	o.others = &server.port;
	o.n_others = 1;
	site_one(&o, false, site, "");
}

/* What another variant does differently. */
static void other_orders(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, shop);
	variant = 1;
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	variant = 0;
	test_server_stop(&server);
	char *first = strchr(got, '\n');
	assert_non_null(first);
	steps_are(first + 1,
		  "GET /w 200 0\nGET /l 200 0\nGET /item/5 200 0\nGET /item/4 200 0\nGET /list?page=3 200 0\n"
		  "GET /item/3 200 0\nGET /list?page=2 200 0\nGET /item/2 200 0\nGET /list?page=1 200 0\n"
		  "GET /item/1 200 0\nGET /m.js 200 15\nGET /s.css 200 0\nGET /n.js 200 0\n");
}

static _Atomic int under_way, most;

/* Waits until two requests are under way, but for the first. */
static bool together(struct test_conn *c, const char *method, const char *path)
{
	const uint64_t until = clock_ms() + 60000;
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=/a><a href=/b><a href=/c><a href=/d>");
	int now = ++under_way;
	if (now > most)
		most = now;
	while (most < 2 && clock_ms() < until && strlen(path) == 2)
		assert_int_equal(progress_wait(NULL, 1, NULL), 0);
	under_way--;
	return reply_html(c, "");
}

static void several_at_once(void **state)
{
	variant = 1;
	site_one(&defaults, false, together, "GET / 200 44\nGET /d 200 0\nGET /c 200 0\nGET /b 200 0\nGET /a 200 0\n");
	variant = 0;
	assert_int_equal(most, 2);
}

static void ports_that_are_named(void **state)
{
	struct probe_http_options o = {.max_pages = 1, .timeout_ms = 60000, .n_ports = 1};
	test_server_start(&server, false, site);
	o.ports = mem_dup(&server.port, sizeof(server.port));
	/* the target does not know of it */
	struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1};
	struct exercise_log log = {0};
	struct exercise e;
	struct err err = {0};
	probe_http(&o, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, &err), 0);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].port, server.port);
	exercise_log_done(&log);
	test_server_stop(&server);
	/* nobody listens any more: that is a step, too */
	assert_int_equal(e.run(e.ctx, &t, &log, &err), 0);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].status, -1);
	exercise_log_done(&log);
	probe_http_options_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_link_once),
	    cmocka_unit_test(caps),
	    cmocka_unit_test(zeros_are_zeros),
	    cmocka_unit_test(errors_are_asked_for),
	    cmocka_unit_test(who_never_answers_head_is_not_waited_for_long),
	    cmocka_unit_test(forms_with_post_are_noted),
	    cmocka_unit_test(pages_that_are_alike_are_sampled),
	    cmocka_unit_test(the_time_of_a_crawl_is_bounded),
	    cmocka_unit_test(endless_sites_end),
	    cmocka_unit_test(tls_is_found_out),
	    cmocka_unit_test(a_400_is_an_answer),
	    cmocka_unit_test(other_protocols_are_a_step),
	    cmocka_unit_test(workers_may_come_later),
	    cmocka_unit_test(a_service_that_is_starting_is_asked_again),
	    cmocka_unit_test(a_refused_port_is_a_step),
	    cmocka_unit_test(a_slow_port_does_not_hold_up_the_others),
	    cmocka_unit_test(ports_that_come_meanwhile),
	    cmocka_unit_test(no_port_is_no_step),
	    cmocka_unit_test(a_port_that_only_times_out_is_left),
	    cmocka_unit_test(ports_that_are_named),
	    cmocka_unit_test(ports_of_something_else),
	    cmocka_unit_test(other_orders),
	    cmocka_unit_test(several_at_once),
	    cmocka_unit_test(cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
