#include "unit.h"

#include "base/clock.h"
#include "probe/http/site.h"

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
	    "forms-not-sent: the crawl of port %u sends no forms by POST, so slim did not see which files these need: "
	    "POST /login (user, password), POST /; send such requests with a probe file or --host-exec\n",
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
	    cmocka_unit_test(other_orders),
	    cmocka_unit_test(several_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
