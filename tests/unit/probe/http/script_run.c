#include "unit.h"

#include <fcntl.h>
#include <libdeflate.h>

#include "base/limits.h"
#include "probe/http/scripts.h"

static struct test_server server;
static int cancel_pipe[2] = {-1, -1};

static bool reply_html(struct test_conn *c, const char *html)
{
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", html, strlen(html));
}

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

/* ---- running ---- */

static void script_one(struct probe_script *script, bool tls,
		       bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	const struct probe_script_options o = {.script = script, .timeout_ms = 60000};
	struct err err = {0};
	int r;
	assert_int_equal(probe_script_check(script, "test", &err), 0);
	test_server_start(&server, tls, handle);
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, &err);
	test_server_stop(&server);
	if (r < 0)
		print_error("%s\n", err.msg);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
}

static void set_body(struct probe_request *q, const char *type, const char *body)
{
	if (type)
		strlist_take(&q->headers, mem_printf("Content-Type: %s", type));
	buf_str(&q->body, body);
	q->has_body = true;
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
	script_one(&s, false, shop,
		   "GET /orders 401 4 ! status 401, not 200\n"
		   "GET /orders 401 4 ! status 401, not 200 to 204, 300 to 399 or 500\n"
		   "GET /orders 401 4 ! the body matches \"^who\"\n"
		   "GET /login 200 60 ! header Content-Type \"text/html\" does not match \"json\"\n"
		   "GET /login 200 60 ! JSON value /a \"\" does not match \"x\"\n"
		   "GET /login 200 60 ! no value for ${T}: the page has no form field and no meta element named "
		   "\"other\"\n"
		   "GET /${T} -1 not sent: no answer gave ${T} ! not sent: no answer gave ${T}\n"
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
	CLEANUP_FREE char *want = mem_printf("GET /a -1 no HTTP spoken on port %u\nGET /named 200 3\n"
					     "GET /a 200 3 +\nGET /b 200 3 +\n",
					     other.port);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
	log = run_log(&o, ports, 1, NULL, &r, NULL);
	CLEANUP_FREE char *alone = mem_printf("GET /a -1 no HTTP spoken on port %u ! no answer, not status 200\n"
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

/* A WebSocket's handshake, and the message that came said back. */
static bool socket_echo(struct test_conn *c, const char *method, const char *path)
{
	static const char fixed[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	const char *key = strstr(c->head, "\r\nSec-WebSocket-Key: ");
	unsigned char digest[20], frame[6 + 100];
	char accept[32] = "";
	if (!key || strcmp(path, "/chat") != 0)
		return test_reply(c, "404 Not Found", "", "no", 2);
	key += strlen("\r\nSec-WebSocket-Key: ");
	CLEANUP_FREE char *text = mem_printf("%.*s%s", (int)strcspn(key, "\r"), key, fixed);
	EVP_Digest(text, strlen(text), digest, NULL, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)accept, digest, sizeof(digest));
	CLEANUP_FREE char *answer = mem_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
					       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
					       accept);
	struct buf message = {0};
	if (!test_send_str(c, answer) || !test_read_n(c, 6 + 5, &message))
		return false;
	for (int i = 0; i < 5; i++) /* a client masks it */
		frame[2 + i] = (unsigned char)message.data[6 + i] ^ (unsigned char)message.data[2 + i % 4];
	frame[0] = 0x81;
	frame[1] = 5;
	buf_done(&message);
	bool sent = test_send(c, frame, 7);
	test_hang(c);
	return sent && false;
}

static void web_sockets(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/chat", 101, 101);
	q->protocol = PROBE_WEBSOCKET;
	set_body(q, NULL, "hello");
	probe_request_check(q, PROBE_CHECK_BODY, NULL, "^hello$", false);
	q = add(&s, "GET", "/none", 101, 101);
	q->protocol = PROBE_WEBSOCKET;
	static const char want[] = "GET /chat 101 5 +\nGET /none 404 2 ! status 404, not 101\n";
	script_one(&s, false, socket_echo, want);
}

/* One request of FastCGI, whatever it is. */
static void *serve_php(void *ctx)
{
	static const char out[] =
	    "\x01\x06\0\x01\0\x38\0\0Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\nnone\n\n"
	    "\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0";
	char in[4096];
	size_t n = 0;
	int fd = accept4(*(int *)ctx, NULL, NULL, SOCK_CLOEXEC);
	/* Up to the end of its standard input: an empty record, the last one. */
	while (n < 8 || memcmp(in + n - 8, "\x01\x05\0\x01\0\0\0", 7) != 0) {
		ssize_t got = recv(fd, in + n, sizeof(in) - n, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	(void)!send(fd, out, sizeof(out), MSG_NOSIGNAL);
	close(fd);
	return memmem(in, n, "DOCUMENT_ROOT/srv", 17) ? ctx : NULL;
}

static void fastcgi(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/index.php?a=b", 404, 404);
	q->protocol = PROBE_FASTCGI;
	strlist_add(&q->params, "DOCUMENT_ROOT=/srv");
	probe_request_check(q, PROBE_CHECK_HEADER, "Content-Type", "html", false);
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	pthread_t thread;
	uint16_t port;
	int r, fd = test_bind(&port, true);
	void *good;
	assert_int_equal(pthread_create(&thread, NULL, serve_php, &fd), 0);
	struct exercise_log log = run_log(&o, &port, 1, NULL, &r, NULL);
	pthread_join(thread, &good);
	close(fd);
	assert_true(r == 0 && good);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, "GET /index.php?a=b 404 6 +\n");
}

/* Says the line that came back, in two pieces, for each connection. */
static void *serve_lines(void *ctx)
{
	for (;;) {
		char in[64];
		int fd = accept4(*(int *)ctx, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			return NULL;
		ssize_t n = recv(fd, in, sizeof(in), 0);
		(void)!send(fd, "+", 1, MSG_NOSIGNAL);
		if (n > 0)
			(void)!send(fd, in, (size_t)n, MSG_NOSIGNAL);
		(void)!recv(fd, in, sizeof(in), 0);
		close(fd);
	}
}

static struct probe_request *add_tcp(struct probe_script *s, uint16_t port, const char *name, const char *body,
				     const char *pattern)
{
	struct probe_request *q = probe_script_add(s, "TCP", "/");
	q->protocol = PROBE_TCP;
	q->port = port;
	q->name = mem_strdup(name);
	set_body(q, NULL, body);
	if (pattern)
		probe_request_check(q, PROBE_CHECK_BODY, NULL, pattern, false);
	return q;
}

static void bytes_alone(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	pthread_t thread;
	uint16_t port;
	int r, fd = test_bind(&port, true);
	assert_int_equal(pthread_create(&thread, NULL, serve_lines, &fd), 0);
	probe_request_capture(add_tcp(&s, port, "id", "id=7\n", "7\n"), PROBE_CAPTURE_REGEX, "id", "id=([0-9]+)");
	add_tcp(&s, port, "get", "get ${id}\n", "^\\+get 7\n");
	add_tcp(&s, port, "put", "put\n", "OK")->timeout_ms = 100;
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	struct exercise_log log = run_log(&o, &port, 1, NULL, &r, NULL);
	shutdown(fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(fd);
	assert_int_equal(r, 0);
	for (size_t i = 0; i < log.count; i++) {
		assert_int_equal(log.steps[i].kind, EXERCISE_TCP);
		log.steps[i].kind = EXERCISE_HTTP; /* for lines_of */
	}
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, "id 0 6 +\nget 0 7 +\nput 0 5 ! the body does not match \"OK\"\n");
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

/* ---- bad servers ---- */

#define OK "HTTP/1.1 200 OK\r\n"
static const struct test_row bad_rows[] = {
    {"/drip", OK "Content-Length: 9\r\n\r\nhel", TEST_HANG},
    {"/mute", "", TEST_HANG},
    {"/endless", OK "\r\n", TEST_FOREVER, "more and more "},
    {"/endless-header", OK, TEST_FOREVER, "A: b\r\n"},
    {"/chunks", OK "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello"},
    {"/short", OK "Content-Length: 50\r\n\r\nhello"},
    {"/close", ""},
    {NULL, NULL, TEST_CLOSE},
};

static bool reply_deep(struct test_conn *c)
{
	CLEANUP_BUF struct buf b = {0};
	for (int i = 0; i < 1 << 19; i++)
		buf_char(&b, '[');
	return test_reply(c, "200 OK", "", b.data, b.len);
}

/* 16 MiB of zeros, in much less. */
static bool reply_bomb(struct test_conn *c)
{
	size_t n = 16u << 20, room = 1u << 18;
	char *zeros = mem_calloc(n, 1), *zipped = mem_calloc(room, 1);
	struct libdeflate_compressor *z = libdeflate_alloc_compressor(1);
	n = libdeflate_gzip_compress(z, zeros, n, zipped, room);
	libdeflate_free_compressor(z);
	bool sent = test_reply(c, "200 OK", "Content-Encoding: gzip\r\n", zipped, n);
	free(zeros);
	free(zipped);
	return sent;
}

static bool bad(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	bool open;
	if (test_answer(c, bad_rows, path, &open))
		return open;
	for (unsigned i = 0; i < 1000 && strcmp(path, "/cookies") == 0; i++)
		buf_printf(&b, "Set-Cookie: c%u=1\r\n", i);
	if (b.len)
		return test_reply(c, "200 OK", b.data, "", 0);
	if (strcmp(path, "/deep") == 0)
		return reply_deep(c);
	if (strcmp(path, "/bomb") == 0)
		return reply_bomb(c);
	if (strcmp(path, "/long-value") == 0) {
		buf_str(&b, "<meta name=t content=");
		for (int i = 0; i <= LIMIT_CAPTURE; i++)
			buf_char(&b, 'x');
		buf_char(&b, '>');
		return reply_html(c, b.data);
	}
	return reply_html(c, "ok");
}

static void bad_answers_are_bounded_and_named(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	add(&s, "GET", "/ok", 0, 0);
	add(&s, "GET", "/drip", 200, 200)->timeout_ms = 200;
	add(&s, "GET", "/mute", 0, 0)->timeout_ms = 200;
	add(&s, "GET", "/endless", 200, 200);
	add(&s, "GET", "/endless-header", 0, 0);
	add(&s, "GET", "/chunks", 0, 0);
	add(&s, "GET", "/short", 0, 0);
	add(&s, "GET", "/close", 0, 0);
	add(&s, "GET", "/cookies", 0, 0);
	add(&s, "GET", "/bomb", 200, 200);
	struct probe_request *q = add(&s, "GET", "/deep", 0, 0);
	probe_request_capture(q, PROBE_CAPTURE_JSON, "D", "/0/0/0");
	q = add(&s, "GET", "/deep", 0, 0);
	probe_request_capture(q, PROBE_CAPTURE_FORM, "D", "x");
	q = add(&s, "GET", "/long-value", 0, 0);
	probe_request_capture(q, PROBE_CAPTURE_FORM, "L", "t");
	add(&s, "GET", "/ok", 200, 200);
	script_one(
	    &s, false, bad,
	    "GET /ok 200 2\n"
	    "GET /drip -1 the answer did not end within 0.2 s ! no answer, not status 200\n"
	    "GET /mute -1 no answer within 0.2 s\n"
	    "GET /endless 200 4194305 +\n"
	    "GET /endless-header -1 the answer's header is too large\n"
	    "GET /chunks -1 the connection broke before the answer was complete\n"
	    "GET /short -1 the connection broke before the answer was complete\n"
	    "GET /close -1 closed without an answer: Connection reset by peer\n"
	    "GET /cookies -1 the answer's number of cookies is too large\n"
	    "GET /bomb 200 16777216 +\n"
	    "GET /deep 200 524288 ! no value for ${D}: the answer has no JSON value at \"/0/0/0\"\n"
	    "GET /deep 200 524288 ! no value for ${D}: the page has no form field and no meta element named \"x\"\n"
	    "GET /long-value 200 65559 ! no value for ${L}: it has more than 65536 bytes\n"
	    "GET /ok 200 2 +\n");
}

static bool cancelling(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "ok");
	(void)!write(cancel_pipe[1], "x", 1);
	test_hang(c);
	return false;
}

static void cancelled_one(unsigned concurrency)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 3600000};
	struct progress p = {0};
	int r;
	assert_int_equal(pipe2(cancel_pipe, O_CLOEXEC), 0);
	p.cancel_fd = cancel_pipe[0];
	add(&s, "GET", "/", 0, 0);
	struct probe_request *q = add(&s, "GET", "/hang", 200, 200);
	q->concurrency = concurrency;
	q->repeat = 1000;
	add(&s, "GET", "/never", 0, 0);
	test_server_start(&server, false, cancelling);
	struct exercise_log log = run_log(&o, &server.port, 1, &p, &r, NULL);
	test_server_stop(&server);
	close(cancel_pipe[0]);
	close(cancel_pipe[1]);
	assert_int_equal(r, -ERR_CANCELLED);
	assert_true(log.count >= 2 && log.count <= 1 + concurrency);
	CLEANUP_FREE char *got = lines_of(&log);
	assert_int_equal(strncmp(got, "GET / 200 2\nGET /hang -1 stopped on request\n", 44), 0);
	assert_null(strstr(got, "never"));
}

static void cancel_is_immediate(void **state)
{
	cancelled_one(1);
	cancelled_one(4);
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
	    cmocka_unit_test(web_sockets),
	    cmocka_unit_test(fastcgi),
	    cmocka_unit_test(bytes_alone),
	    cmocka_unit_test(protocols_that_are_not_spoken),
	    cmocka_unit_test(bad_answers_are_bounded_and_named),
	    cmocka_unit_test(cancel_is_immediate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
