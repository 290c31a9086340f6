#include "probe/http/scripts.h"

#include "base/clock.h"
#include "probe/http/order.h"

static struct test_server server;

/* ---- groups ---- */

static void group_is(const struct probe_script *s, size_t first, size_t want)
{
	assert_int_equal(probe_order_group(&s->requests[first], s->count - first), want);
}

static void what_may_change_places(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/a", 200, 200);
	add(&s, "HEAD", "/b", 0, 0);
	add(&s, "OPTIONS", "/c", 0, 0);
	add(&s, "POST", "/d", 0, 0);
	add(&s, "GET", "/e", 0, 0);
	group_is(&s, 0, 3);
	group_is(&s, 2, 1);
	group_is(&s, 3, 1);
	group_is(&s, 4, 1);
}

/* What makes the second of three requests stay where it is. */
static void stays_one(void (*make)(struct probe_request *q))
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/a", 0, 0);
	make(add(&s, "GET", "/b", 0, 0));
	add(&s, "GET", "/c", 0, 0);
	group_is(&s, 0, 1);
	group_is(&s, 1, 1);
	group_is(&s, 2, 1);
}

static void captures(struct probe_request *q)
{
	probe_request_capture(q, PROBE_CAPTURE_HEADER, "A", "a");
}

static void has_variable_in_path(struct probe_request *q)
{
	free(q->path);
	q->path = mem_strdup("/${A:-b}");
}

static void has_variable_in_header(struct probe_request *q)
{
	strlist_add(&q->headers, "X-A: ${A}");
}

static void has_variable_in_token(struct probe_request *q)
{
	q->bearer = mem_strdup("${A}");
}

static void has_variable_in_body(struct probe_request *q)
{
	buf_str(&q->body, "${A}");
	q->has_body = true;
}

static void crawls(struct probe_request *q)
{
	q->crawl = true;
}

static void is_repeated(struct probe_request *q)
{
	q->repeat = 2;
}

static void is_concurrent(struct probe_request *q)
{
	q->concurrency = 2;
}

static void is_a_websocket(struct probe_request *q)
{
	q->protocol = PROBE_WEBSOCKET;
}

static void what_stays(void **state)
{
	stays_one(captures);
	stays_one(has_variable_in_path);
	stays_one(has_variable_in_header);
	stays_one(has_variable_in_token);
	stays_one(has_variable_in_body);
	stays_one(crawls);
	stays_one(is_repeated);
	stays_one(is_concurrent);
	stays_one(is_a_websocket);
}

static void another_place_is_another_group(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/a", 0, 0);
	add(&s, "GET", "/b", 0, 0)->port = 80;
	add(&s, "GET", "/c", 0, 0)->port = 80;
	add(&s, "GET", "/d", 0, 0)->socket = mem_strdup("/s");
	add(&s, "GET", "/e", 0, 0)->socket = mem_strdup("/s");
	add(&s, "GET", "/f", 0, 0)->socket = mem_strdup("/t");
	group_is(&s, 0, 1);
	group_is(&s, 1, 2);
	group_is(&s, 3, 2);
	group_is(&s, 5, 1);
}

/* ---- scripts ---- */

static bool plain(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf body = {0};
	if (strstr(c->head, "\r\nContent-Length: ") && !test_read_body(c, &body))
		return false;
	if (strcmp(path, "/away") == 0)
		return test_reply(c, "302 Found", "Location: /landed\r\n", "", 0);
	if (strcmp(path, "/cookie") == 0)
		return test_reply(c, "200 OK", "Set-Cookie: s=me\r\n", "", 0);
	if (strcmp(path, "/last") == 0 && !strstr(c->head, "\r\nCookie: s=me\r\n"))
		return test_reply(c, "401 Who", "", "", 0);
	return test_reply(c, "200 OK", "", "", 0);
}

static void variant_one(unsigned variant, const char *want)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	int r;
	add(&s, "GET", "/a", 0, 0);
	add(&s, "GET", "/cookie", 200, 200);
	add(&s, "GET", "/away", 0, 0);
	add(&s, "GET", "/b", 0, 0);
	add(&s, "POST", "/c", 0, 0);
	add(&s, "GET", "/last", 200, 200);
	test_server_start(&server, false, plain);
	scripts_variant = variant;
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	scripts_variant = 0;
	test_server_stop(&server);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
}

/* A cookie that one of several threads got is there afterwards. */
static void the_order_changes(void **state)
{
	variant_one(0, "GET /a 200 0\nGET /cookie 200 0 +\nGET /away 302 0\nGET /landed 200 0\nGET /b 200 0\n"
		       "POST /c 200 0\nGET /last 200 0 +\n");
	for (int i = 0; i < 2; i++)
		variant_one(1, "GET /b 200 0\nGET /away 302 0\nGET /cookie 200 0 +\nGET /a 200 0\nGET /landed 200 0\n"
			       "POST /c 200 0\nGET /last 200 0 +\n");
}

static _Atomic int under_way, most;

/* Waits until so many requests are under way as the variant sends at once. */
static bool together(struct test_conn *c, const char *method, const char *path)
{
	const uint64_t until = clock_ms() + 60000;
	const int want = strcmp(path, "/first") == 0 ? 1 : 2;
	int now = ++under_way;
	if (now > most)
		most = now;
	while (most < want && clock_ms() < until)
		assert_int_equal(progress_wait(NULL, 1, NULL), 0);
	under_way--;
	return test_reply(c, "200 OK", "", "", 0);
}

static void several_at_once(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 120000};
	int r;
	add(&s, "POST", "/first", 0, 0);
	for (int i = 0; i < 4; i++)
		add(&s, "GET", "/a", 200, 200);
	test_server_start(&server, false, together);
	scripts_variant = 1;
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	scripts_variant = 0;
	test_server_stop(&server);
	assert_int_equal(r, 0);
	assert_int_equal(most, 2);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, "POST /first 200 0\nGET /a 200 0 +\nGET /a 200 0 +\nGET /a 200 0 +\nGET /a 200 0 +\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_may_change_places),
	    cmocka_unit_test(what_stays),
	    cmocka_unit_test(another_place_is_another_group),
	    cmocka_unit_test(the_order_changes),
	    cmocka_unit_test(several_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
