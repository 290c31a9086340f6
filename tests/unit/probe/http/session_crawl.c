#include "probe/http/scripts.h"

static struct test_server server;

static bool reply_html(struct test_conn *c, const char *html)
{
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", html, strlen(html));
}

static bool has(const struct test_conn *c, const char *line)
{
	return strstr(c->head, line) != NULL;
}

/* Shows its pages only to who logged in, under one name, with a key. */
static bool closed_site(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf body = {0};
	const bool sends = has(c, "\r\nContent-Length: ");
	if (sends && !test_read_body(c, &body))
		return false;
	if (!has(c, "\r\nHost: shop.example\r\n"))
		return test_reply(c, "421 Misdirected", "", "", 0);
	if (strcmp(method, "POST") == 0)
		return test_reply(c, "302 Found", "Location: /home\r\nSet-Cookie: s=me\r\n", "", 0);
	if (!has(c, "\r\nCookie: s=me\r\n") || !has(c, "\r\nAuthorization: Bearer k1\r\n") ||
	    !has(c, "\r\nX-Own: 1\r\n") || sends || has(c, "\r\nContent-Type: "))
		return test_reply(c, "401 Unauthorized", "", "", 0);
	return reply_html(c, strcmp(path, "/home") == 0 ? "<a href=/orders>"
			     : strcmp(path, "/orders") == 0
				 ? "<a href=http://shop.example/basket><a href=http://other.example/no>"
				 : "");
}

static void crawl_one(struct probe_script *s, unsigned max_pages, const char *want)
{
	const struct probe_http_options crawl = {.max_pages = max_pages, .max_depth = 3, .timeout_ms = 60000};
	const struct probe_script_options o = {.script = s, .timeout_ms = 60000, .crawl = &crawl};
	int r;
	test_server_start(&server, false, closed_site);
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
}

static void as_who_logged_in(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "POST", "/login", 302, 302);
	q->host = mem_strdup("shop.example");
	buf_str(&q->body, "user=me");
	q->has_body = true;
	q = add(&s, "GET", "/home", 200, 200);
	q->host = mem_strdup("shop.example");
	q->bearer = mem_strdup("k1");
	q->crawl = true;
	strlist_add(&q->headers, "X-Own: 1");
	crawl_one(&s, 10, "POST /login 302 0 +\nGET /home 200 16 +\nGET /orders 200 67\nGET /basket 200 0\n");
	crawl_one(&s, 2, "POST /login 302 0 +\nGET /home 200 16 +\nGET /orders 200 67\n");
	crawl_one(&s, 0, "POST /login 302 0 +\nGET /home 200 16 +\n");
}

/* A login whose answer the crawl begins at. */
static void from_an_answer_that_leads_on(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "POST", "/login", 302, 302);
	q->host = mem_strdup("shop.example");
	q->bearer = mem_strdup("k1");
	q->crawl = true;
	strlist_add(&q->headers, "X-Own: 1");
	strlist_add(&q->headers, "Content-Type: text/plain");
	crawl_one(&s, 10, "POST /login 302 0 +\nGET /home 200 16\nGET /orders 200 67\nGET /basket 200 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_who_logged_in),
	    cmocka_unit_test(from_an_answer_that_leads_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
