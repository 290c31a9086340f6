#include "unit.h"

#include "probe/http/scripts_served.h"

static bool reply_json(struct test_conn *c, const char *json)
{
	return test_reply(c, "200 OK", "Content-Type: application/json\r\n", json, strlen(json));
}

static bool has_cookie(struct test_conn *c, const char *cookie)
{
	const char *at = strstr(c->head, "\r\nCookie: ");
	return at && strncmp(at + 10, cookie, strlen(cookie)) == 0;
}

/* A shop that wants a login with the token of its form, and says who it was with every order. */
static bool shop(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf body = {0};
	bool sends = strstr(c->head, "\r\nContent-Length: ");
	if (sends && !test_read_body(c, &body))
		return false;
	const char *text = body.data ? body.data : "";
	if (strcmp(path, "/login") == 0 && !sends)
		return test_reply(c, "200 OK", "Content-Type: text/html\r\nSet-Cookie: s=anonymous; HttpOnly\r\n",
				  "<form><input type=hidden name=csrf value='a&amp;b=1'></form>", 60);
	if (strcmp(path, "/login") == 0)
		return strcmp(text, "user=me&csrf=a%26b%3D1") == 0 && has_cookie(c, "s=anonymous")
			   ? test_reply(c, "302 Found", "Location: /home\r\nSet-Cookie: s=me\r\n", "", 0)
			   : test_reply(c, "403 Forbidden", "", text, body.len);
	if (!has_cookie(c, "s=me"))
		return test_reply(c, "401 Unauthorized", "", "who?", 4);
	static const char order[] = "{\"order\":{\"id\":17,\"of\":[\"a\",\"b\\\"c\"]}}";
	if (strcmp(method, "POST") == 0)
		return test_reply(c, "201 Created", "Location: /orders/o-17?x\r\nX-Key: k1\r\n", order, strlen(order));
	if (strcmp(path, "/orders/17/o-17/b%22c/k1") == 0)
		return reply_json(c, "{\"state\": \"open\", \"n\": 3}");
	return test_reply(c, "404 Not Found", "", path, strlen(path));
}

static void log_in(struct probe_script *s)
{
	struct probe_request *q = add(s, "GET", "/login", 200, 200);
	probe_request_capture(q, PROBE_CAPTURE_FORM, "CSRF", "csrf");
	q = add(s, "POST", "/login", 302, 302);
	set_body(q, "application/x-www-form-urlencoded", "user=me&csrf=${CSRF}");
}

static void what_an_answer_gives_is_sent_back(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	log_in(&s);
	struct probe_request *q = add(&s, "POST", "/orders", 201, 201);
	probe_request_capture(q, PROBE_CAPTURE_JSON, "ID", "/order/id");
	probe_request_capture(q, PROBE_CAPTURE_JSON, "B", "/order/of/1");
	probe_request_capture(q, PROBE_CAPTURE_SEGMENT, "NAME", "Location");
	probe_request_capture(q, PROBE_CAPTURE_REGEX, "NR", "\"id\":([0-9]+)");
	probe_request_capture(q, PROBE_CAPTURE_HEADER, "KEY", "x-key");
	q = add(&s, "GET", "/orders/${NR}/${NAME}/${B}/${KEY}", 200, 299);
	probe_request_check(q, PROBE_CHECK_JSON, "/state", "^open$", false);
	probe_request_check(q, PROBE_CHECK_JSON, "/none", "^$", false);
	probe_request_check(q, PROBE_CHECK_HEADER, "content-type", "json", false);
	probe_request_check(q, PROBE_CHECK_BODY, NULL, "error", true);
	static const char want[] = "GET /login 200 60 +\nPOST /login 302 0 +\nPOST /orders 201 37 +\n"
				   "GET /orders/${NR}/${NAME}/${B}/${KEY} 200 25 +\n";
	script_one(&s, false, shop, want);
	script_one(&s, true, shop, want);
}

static void what_is_not_as_expected_is_said(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/orders", 200, 200);
	struct probe_request *q = add(&s, "GET", "/orders", 200, 204);
	probe_request_status(q, 300, 399);
	probe_request_status(q, 500, 500);
	q = add(&s, "GET", "/orders", 0, 0);
	probe_request_check(q, PROBE_CHECK_BODY, NULL, "^who", true);
	q = add(&s, "GET", "/login", 0, 0);
	probe_request_check(q, PROBE_CHECK_HEADER, "Content-Type", "json", false);
	q = add(&s, "GET", "/login", 0, 0);
	probe_request_check(q, PROBE_CHECK_JSON, "/a", "x", false);
	q = add(&s, "GET", "/login", 0, 0);
	probe_request_capture(q, PROBE_CAPTURE_FORM, "T", "other");
	q = add(&s, "GET", "/${T}", 0, 0);
	q = add(&s, "GET", "/${T:-x}/$${y}", 0, 0);
	q = add(&s, "GET", "/login", 0, 0);
	probe_request_capture(q, PROBE_CAPTURE_JSON, "U", "/a");
	q->captures[0].optional = true;
	script_one(
	    &s, false, shop,
	    "GET /orders 401 4 ! status 401, not 200\n"
	    "GET /orders 401 4 ! status 401, not 200 to 204, 300 to 399 or 500\n"
	    "GET /orders 401 4 ! the body matches \"^who\"\n"
	    "GET /login 200 60 ! header Content-Type \"text/html\" does not match \"json\"\n"
	    "GET /login 200 60 ! JSON value /a \"\" does not match \"x\"\n"
	    "GET /login 200 60 ! no value for ${T}: the page has no form field and no meta element named "
	    "\"other\"\n"
	    "GET /${T} -1 not sent: no answer set the variable ${T} ! not sent: no answer set the variable ${T}\n"
	    "GET /${T:-x}/$${y} 401 4\n"
	    "GET /login 200 60\n");
}

/* ---- what is sent ---- */

/* Says back the request's header lines that the path names, and its body. */
static bool echo(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf body = {0}, out = {0};
	if (strstr(c->head, "\r\nContent-Length: ") && !test_read_body(c, &body))
		return false;
	CLEANUP_FREE char *line = mem_printf("\r\n%s: ", path + 1);
	const char *at = strstr(c->head, line);
	if (at)
		buf_append(&out, at + strlen(line), strcspn(at + strlen(line), "\r"));
	buf_printf(&out, "|%s", body.data ? body.data : "");
	return test_reply(c, "200 OK", "", out.data, out.len);
}

/* Sends q, the last one of the script, and compares what came back. */
static void echo_one(struct probe_script *s, bool tls, const char *want)
{
	const struct probe_script_options o = {.script = s, .timeout_ms = 60000};
	int r;
	test_server_start(&server, tls, echo);
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	assert_true(log.count > 0);
	const struct exercise_step *step = &log.steps[log.count - 1];
	if (step->error)
		print_error("%s\n", step->error);
	assert_string_equal(step->answer.head.data, want);
	exercise_log_done(&log);
	probe_script_done(s);
}

static void credentials(void **state)
{
	struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/Authorization", 0, 0);
	q->user = mem_strdup("me");
	q->password = mem_strdup("s:$${cret}");
	echo_one(&s, false, "Basic bWU6czoke2NyZXR9|");
	q = add(&s, "GET", "/Authorization", 0, 0);
	q->bearer = mem_strdup("tok");
	echo_one(&s, false, "Bearer tok|");
	q = add(&s, "GET", "/Authorization", 0, 0);
	q->bearer = mem_strdup("tok");
	strlist_add(&q->headers, "Authorization: own");
	echo_one(&s, false, "own|");
	q = add(&s, "GET", "/Host", 0, 0);
	q->host = mem_strdup("shop.example");
	echo_one(&s, false, "shop.example|");
	q = add(&s, "GET", "/Host", 0, 0);
	q->host = mem_strdup("shop.example:8443");
	q->scheme = mem_strdup("https");
	echo_one(&s, true, "shop.example:8443|");
	q = add(&s, "PATCH", "/Content-Length", 0, 0);
	echo_one(&s, false, "0|");
	q = add(&s, "GET", "/Content-Length", 0, 0);
	echo_one(&s, false, "|");
}

static void forms_with_files(void **state)
{
	struct probe_script s = {0};
	struct probe_request *q = add(&s, "POST", "/Content-Type", 0, 0);
	struct probe_part *p = probe_request_part(q, "a \"b\"", NULL, NULL);
	buf_str(&p->data, "text\r\n");
	p = probe_request_part(q, "file", "x.png", "image/png");
	buf_str(&p->data, "----slim-form-boundary-0 is taken $${x}");
	p = probe_request_part(q, "none", "y", NULL);
	echo_one(&s, false,
		 "multipart/form-data; boundary=----slim-form-boundary-1|"
		 "------slim-form-boundary-1\r\nContent-Disposition: form-data; name=\"a %22b%22\"\r\n\r\ntext\r\n\r\n"
		 "------slim-form-boundary-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n"
		 "Content-Type: image/png\r\n\r\n----slim-form-boundary-0 is taken ${x}\r\n"
		 "------slim-form-boundary-1\r\nContent-Disposition: form-data; name=\"none\"; filename=\"y\"\r\n"
		 "Content-Type: application/octet-stream\r\n\r\n\r\n"
		 "------slim-form-boundary-1--\r\n");
}

/* ---- order ---- */

static bool count(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_FREE char *text = mem_printf("{\"next\": %zu}", test_server_requests(c->server));
	return reply_json(c, text);
}

static void repeated(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/page", 200, 200);
	probe_request_capture(q, PROBE_CAPTURE_JSON, "N", "/next");
	q->repeat = 3;
	q = add(&s, "GET", "/after", 0, 0);
	strlist_add(&q->headers, "X-N: ${N}");
	script_one(&s, false, count, "GET /page 200 11 +\nGET /page 200 11 +\nGET /page 200 11 +\nGET /after 200 11\n");
	test_server_start(&server, false, count);
	int r;
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	assert_non_null(strstr(server.requests.items[3], "\r\nX-N: 3\r\n"));
	test_server_stop(&server);
	exercise_log_done(&log);
}

/* Answers none of four requests at a path before all of them are there. */
static pthread_barrier_t all_there;

static bool together(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/first") != 0)
		pthread_barrier_wait(&all_there);
	return has_cookie(c, "s=1") ? test_reply(c, "200 OK", "", "ok", 2)
				    : test_reply(c, "200 OK", "Set-Cookie: s=1\r\n", "new", 3);
}

static void at_the_same_time(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	pthread_barrier_init(&all_there, NULL, 4);
	add(&s, "GET", "/first", 0, 0);
	struct probe_request *q = add(&s, "GET", "/x", 200, 200);
	q->repeat = 8;
	q->concurrency = 4;
	script_one(&s, false, together,
		   "GET /first 200 3\n"
		   "GET /x 200 2 +\nGET /x 200 2 +\nGET /x 200 2 +\nGET /x 200 2 +\n"
		   "GET /x 200 2 +\nGET /x 200 2 +\nGET /x 200 2 +\nGET /x 200 2 +\n");
	pthread_barrier_destroy(&all_there);
}

static bool redirects(struct test_conn *c, const char *method, const char *path)
{
	static const struct {
		const char *path, *location;
	} rows[] = {{"/a", "/b?x=${y}"}, {"/b?x=${y}", "c"}, {"/loop", "/loop"}, {"/away", "http://other.example/"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(path, rows[i].path) == 0) {
			CLEANUP_FREE char *header = mem_printf("Location: %s\r\n", rows[i].location);
			return test_reply(c, "302 Found", header, "", 0);
		}
	return test_reply(c, "200 OK", "", method, strlen(method));
}

static void redirects_are_followed_unless_they_are_judged(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "POST", "/a", 0, 0);
	add(&s, "GET", "/a", 302, 302);
	add(&s, "GET", "/away", 0, 0);
	add(&s, "GET", "/loop", 0, 0);
	script_one(
	    &s, false, redirects,
	    "POST /a 302 0\nGET /b?x=$${y} 302 0\nGET /c 200 3\n"
	    "GET /a 302 0 +\n"
	    "GET /away 302 0\n"
	    "GET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\n"
	    "GET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\nGET /loop 302 0\n");
}

static bool linked(struct test_conn *c, const char *method, const char *path)
{
	return strcmp(path, "/start") == 0 ? reply_html(c, "<a href=/next>") : reply_html(c, "end");
}

static void requests_that_crawl(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	const struct probe_http_options crawl = {.max_pages = 10, .max_depth = 3, .timeout_ms = 60000};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000, .crawl = &crawl};
	add(&s, "GET", "/one", 0, 0);
	add(&s, "GET", "/start", 0, 0)->crawl = true;
	add(&s, "GET", "/two", 0, 0);
	test_server_start(&server, false, linked);
	int r;
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	assert_int_equal(strncmp(got, "GET /one 200 3\nGET /start 200 14\nGET /next 200 3\n", 49), 0);
	assert_non_null(strstr(got, "\nGET /two 200 3\n"));
}

/* ---- ports ---- */

static bool redis(struct test_conn *c, const char *method, const char *path)
{
	return !test_send_str(c, "-ERR wrong number of arguments for 'get' command\r\n");
}

static void each_port(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct test_server other;
	add(&s, "GET", "/a", 200, 200);
	add(&s, "GET", "/b", 200, 200);
	struct probe_request *q = add(&s, "GET", "/named", 0, 0);
	test_server_start(&server, false, linked);
	test_server_start(&other, false, redis);
	q->port = server.port;
	const uint16_t ports[] = {other.port, server.port};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	int r;
	struct exercise_log log = run_log(&o, ports, 2, NULL, &r, NULL);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *want = mem_printf("GET /a -1 port %u does not speak HTTP\nGET /named 200 3\n"
					     "GET /a 200 3 +\nGET /b 200 3 +\n",
					     other.port);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
	log = run_log(&o, ports, 1, NULL, &r, NULL);
	CLEANUP_FREE char *alone = mem_printf("GET /a -1 port %u does not speak HTTP ! no answer, not status 200\n"
					      "GET /named 200 3\n",
					      other.port);
	CLEANUP_FREE char *got_alone = lines_of(&log);
	steps_are(got_alone, alone);
	log = run_log(&o, NULL, 0, NULL, &r, NULL);
	CLEANUP_FREE char *none = lines_of(&log);
	steps_are(none, "GET /named 200 3\n");
	test_server_stop(&server);
	test_server_stop(&other);
}

static int not_yet;

static bool starting(struct test_conn *c, const char *method, const char *path)
{
	if (not_yet-- > 0)
		return not_yet % 2 ? test_reply(c, "503 Starting", "", "", 0) : false;
	return reply_html(c, "up");
}

static void a_service_that_is_starting_is_asked_again(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/", 200, 200);
	not_yet = 2;
	script_one(&s, false, starting, "GET / 200 2 +\n");
}

static void protocols_that_are_not_spoken(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/a", 0, 0);
	add(&s, "GET", "/b", 200, 200)->protocol = PROBE_HTTP2;
	script_one(&s, false, linked,
		   "GET /a 200 3\nGET /b -1 the service does not speak HTTP/2 ! no answer, not status 200\n");
	s.requests[1].protocol = PROBE_WEBSOCKET; /* a plain answer is one, too */
	script_one(&s, false, linked, "GET /a 200 3\nGET /b 200 3 +\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_answer_gives_is_sent_back),
	    cmocka_unit_test(what_is_not_as_expected_is_said),
	    cmocka_unit_test(credentials),
	    cmocka_unit_test(forms_with_files),
	    cmocka_unit_test(repeated),
	    cmocka_unit_test(at_the_same_time),
	    cmocka_unit_test(redirects_are_followed_unless_they_are_judged),
	    cmocka_unit_test(requests_that_crawl),
	    cmocka_unit_test(each_port),
	    cmocka_unit_test(a_service_that_is_starting_is_asked_again),
	    cmocka_unit_test(protocols_that_are_not_spoken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
