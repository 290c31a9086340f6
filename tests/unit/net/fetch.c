#include "unit.h"

#include <fcntl.h>

#include <curl/curl.h>
#include <errno.h>
#include <libdeflate.h>

#include "base/limits.h"
#include "net/fetch.h"
#include "net/test_server.h"

static int cancel_pipe[2] = {-1, -1};

static bool reply_gzip(struct test_conn *c, bool broken)
{
	static const char text[] = "hello, hello, hello, hello";
	char zipped[256];
	struct libdeflate_compressor *z = libdeflate_alloc_compressor(6);
	size_t n = libdeflate_gzip_compress(z, text, strlen(text), zipped, sizeof(zipped));
	libdeflate_free_compressor(z);
	if (broken)
		memset(zipped + 10, 0xff, n - 10);
	return test_reply(c, "200 OK", "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", zipped, n);
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

#define OK "HTTP/1.1 200 OK\r\n"
static const struct test_row rows[] = {
    {"/head", OK "Content-Length: 1000\r\n\r\n", TEST_KEEP},
    {"/empty", "HTTP/1.1 204 No Content\r\n\r\n", TEST_KEEP},
    {"/chunked",
     "HTTP/1.1 100 Continue\r\nContent-Type: text/wrong\r\n\r\n" OK
     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
     TEST_KEEP},
    {"/no-end", OK "Content-Type: text/plain\r\n"},
    {"/0.9", "<html>hello</html>"},
    {"/garbage", "\xff\0\r\n\x1b[2J\0\0", .n = 10},
    {"/alert", "\x15\x03\x01\0\x02\x02\x46", .n = 7},
    {"/half", "H"},
    {"/redis", "-ERR unknown command\r\n", TEST_HANG}, /* the connection stays: the first bytes must decide */
    {"/status", "HTTP/1.1 abc\r\n\r\n"},
    {"/nul", OK "A: \0\r\n\r\n", .n = 25},
    {"/close", ""},
    {"/reset", "", TEST_RESET},
    {"/reset-later", OK "Content-Length: 5\r\n\r\nhe", TEST_RESET},
    {"/short", OK "Content-Length: 50\r\n\r\nhello"},
    {"/long", OK "Content-Length: 3\r\n\r\nhello"},
    {"/slow", "", TEST_HANG},
    {"/slow-header", OK "X: ", TEST_HANG},
    {"/slow-body", OK "Content-Length: 9\r\n\r\nhel", TEST_HANG},
    {"/endless", OK "\r\n", TEST_FOREVER, "more and more "},
    {"/endless-header", OK, TEST_FOREVER, "A: b\r\n"},
    {"/endless-line", OK "A: ", TEST_FOREVER, "more and more "},
    {"/endless-100", "", TEST_FOREVER, "HTTP/1.1 100 Continue\r\n\r\n"},
    {"/endless-trailer", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", TEST_FOREVER, "A: b\r\n"},
    {NULL, NULL, TEST_CLOSE},
};

/* What the server does for each path. */
static bool handle(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	bool open;
	if (test_answer(c, rows, path, &open))
		return open;
	if (strcmp(path, "/ok") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", "hello", 5);
	if (strcmp(path, "/500") == 0)
		return test_reply(c, "500 Oh", "Location: /not-a-redirect\r\n", "", 0);
	if (strcmp(path, "/redirect") == 0)
		return test_reply(c, "302 Found", "Location: /ok\r\n", "", 0);
	if (strcmp(path, "/long-location") == 0) {
		buf_printf(&b, "Location: /%03000d\r\n", 1);
		return test_reply(c, "302 Found", b.data, "", 0);
	}
	if (strcmp(path, "/10000") == 0) {
		buf_printf(&b, "%010000d", 7);
		return test_reply(c, "200 OK", "", b.data, b.len);
	}
	if (strcmp(path, "/gzip") == 0)
		return reply_gzip(c, false);
	if (strcmp(path, "/gzip-broken") == 0)
		return reply_gzip(c, true);
	if (strcmp(path, "/bomb") == 0)
		return reply_bomb(c);
	if (strcmp(path, "/cancel") == 0) {
		(void)!write(cancel_pipe[1], "x", 1);
		test_hang(c);
	}
	return false;
}

static struct test_server server;
static const struct net_exchange_peer insecure = {.insecure = true};

static int start(void **state)
{
	test_server_start(&server, true, handle);
	return 0;
}

static int stop(void **state)
{
	test_server_stop(&server);
	return 0;
}

static int get(struct net_exchange_client *c, const char *scheme, const char *path, uint64_t max_body,
	       struct net_answer *r, struct err *err)
{
	CLEANUP_FREE char *url = mem_printf("%s://127.0.0.1:%u%s", scheme, server.port, path);
	struct net_fetch_request q = {
	    .method = strcmp(path, "/head") == 0 ? "HEAD" : "GET",
	    .url = url,
	    .timeout_ms = strncmp(path, "/slow", 5) == 0 ? 100 : 60000,
	    .max_body = max_body,
	};
	return net_fetch(c, &q, NULL, r, err);
}

static void answers(void **state)
{
	static const struct {
		const char *path;
		uint64_t max_body;
		int status;
		const char *type, *location, *body;
		uint64_t bytes;
	} cases[] = {
	    {"/ok", 100, 200, "text/html; charset=utf-8", "", "hello", 5},
	    {"/ok", 5, 200, "text/html; charset=utf-8", "", "hello", 5},
	    {"/ok", 2, 200, "text/html; charset=utf-8", "", "he", 5},
	    {"/head", 100, 200, "", "", "", 0},
	    {"/empty", 100, 204, "", "", "", 0},
	    {"/empty", 0, 204, "", "", "", 0},
	    {"/500", 100, 500, "", "", "", 0},
	    {"/redirect", 100, 302, "", "/ok", "", 0},
	    {"/long-location", 100, 302, "", "", "", 0},
	    {"/chunked", 100, 200, "", "", "hello world", 11},
	    {"/10000", 3, 200, "", "", "000", 4}, /* above 4 times 3: its end is not waited for */
	    {"/10000", 2500, 200, "", "", NULL, 10000},
	    {"/10000", 2499, 200, "", "", NULL, 2500},
	    {"/10000", UINT64_MAX, 200, "", "", NULL, 10000},
	    {"/gzip", 100, 200, "text/plain", "", "hello, hello, hello, hello", 26},
	    {"/gzip", 7, 200, "text/plain", "", "hello, ", 26},
	    {"/long", 100, 200, "", "", "hel", 3},
	    {"/no-end", 100, 200, "text/plain", "", "", 0},
	    {"/bomb", 4u << 20, 200, "", "", NULL, 16u << 20},      /* all of it is counted, */
	    {"/bomb", (4u << 20) - 1, 200, "", "", NULL, 4u << 20}, /* unless it is too much of what is kept */
	    {"/endless", 1000, 200, "", "", NULL, 1001},
	    {"/slow-body", 2, 200, "", "", "he", 3}, /* enough came before the time-out */
	    {"/ok", 100, 200, "text/html; charset=utf-8", "", "hello", 5},
	};
	static const char *const schemes[] = {"http", "https"};
	for (size_t s = 0; s < 2; s++) {
		struct net_exchange_client *c = net_exchange_client_new(&insecure);
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct net_answer r = {0};
			struct err err = {0};
			int done = get(c, schemes[s], cases[i].path, cases[i].max_body, &r, &err);
			if (done < 0)
				print_error("%s: %s\n", cases[i].path, err.msg);
			assert_int_equal(done, 0);
			assert_int_equal(r.status, cases[i].status);
			assert_string_equal(r.content_type, cases[i].type);
			assert_string_equal(r.location, cases[i].location);
			assert_int_equal(r.body_bytes, cases[i].bytes);
			assert_true(r.body.len <= cases[i].max_body);
			if (cases[i].body)
				assert_string_equal(r.body.data ? r.body.data : "", cases[i].body);
			net_answer_done(&r);
		}
		net_exchange_client_free(c);
	}
}

static void failures(void **state)
{
	static const struct {
		const char *path;
		enum err_code code;
		int sys;
	} cases[] = {
	    {"/0.9", ERR_PROTO},
	    {"/garbage", ERR_PROTO},
	    {"/alert", ERR_PROTO, EPROTO},
	    {"/half", ERR_SYS, ECONNRESET},
	    {"/redis", ERR_PROTO},
	    {"/status", ERR_PROTO},
	    {"/nul", ERR_PROTO},
	    {"/short", ERR_PROTO},
	    {"/gzip-broken", ERR_PROTO},
	    {"/close", ERR_SYS, ECONNRESET},
	    {"/reset", ERR_SYS, ECONNRESET},
	    {"/reset-later", ERR_PROTO},
	    {"/slow", ERR_TIMEOUT},
	    {"/slow-header", ERR_TIMEOUT},
	    {"/slow-body", ERR_TIMEOUT},
	    {"/endless-header", ERR_LIMIT},
	    {"/endless-line", ERR_LIMIT},
	    {"/endless-100", ERR_LIMIT},
	    {"/endless-trailer", ERR_LIMIT},
	};
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct net_answer r = {.status = 7};
		struct err err = {0};
		int done = get(c, "http", cases[i].path, 1000, &r, &err);
		if (done != -(int)cases[i].code)
			print_error("%s: %d %s\n", cases[i].path, done, err.msg);
		assert_int_equal(done, -(int)cases[i].code);
		assert_int_equal(err.code, cases[i].code);
		assert_int_equal(err.sys, cases[i].sys);
		assert_int_equal(r.status, 7); /* set on success only */
	}
	struct net_answer r = {0};
	assert_int_equal(get(c, "http", "/ok", 10, &r, NULL), 0); /* the client is as good as new */
	net_answer_done(&r);
	net_exchange_client_free(c);
}

static void url_one(const char *url, enum err_code code, int sys)
{
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	struct net_fetch_request q = {.method = "GET", .url = url, .timeout_ms = 10000, .max_body = 10};
	struct net_answer r = {0};
	struct err err = {0};
	assert_int_equal(net_fetch(c, &q, NULL, &r, &err), -(int)code);
	assert_int_equal(err.sys, sys);
	net_exchange_client_free(c);
}

static void urls_that_lead_nowhere(void **state)
{
	uint16_t port;
	int fd = test_bind(&port, false);
	CLEANUP_FREE char *refused = mem_printf("http://127.0.0.1:%u/", port);
	url_one(refused, ERR_SYS, ECONNREFUSED);
	close(fd);
	url_one("ftp://127.0.0.1/", ERR_INVAL, 0);
	url_one("file:///etc/passwd", ERR_INVAL, 0);
	url_one("127.0.0.1", ERR_INVAL, 0);
	url_one("http://127.0.0.1:99999/", ERR_INVAL, 0);
	url_one("http://", ERR_INVAL, 0);
}

static bool mute(struct test_conn *c, const char *method, const char *path)
{
	return true;
}

static void a_connection_has_its_own_timeout(void **state)
{
	test_server_start(&server, false, mute);
	server.waits = true;
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	CLEANUP_FREE char *url = mem_printf("https://127.0.0.1:%u/", server.port);
	struct net_fetch_request q = {.method = "GET", .url = url, .connect_timeout_ms = 100};
	struct net_answer r = {0};
	struct err err = {0};
	assert_int_equal(net_fetch(c, &q, NULL, &r, &err), -ERR_TIMEOUT);
	assert_string_equal(err.msg, "no connection within 0.1 s");
	net_exchange_client_free(c);
	test_server_stop(&server);
}

static void connections_are_kept(void **state)
{
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	size_t before = test_server_conns(&server);
	for (int i = 0; i < 5; i++) {
		struct net_answer r = {0};
		assert_int_equal(get(c, "http", "/ok", 10, &r, NULL), 0);
		net_answer_done(&r);
	}
	assert_int_equal(test_server_conns(&server), before + 1);
	net_exchange_client_free(c);
}

static const char *br(void)
{
	return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI ? ", br" : "";
}

static void the_request_is_ours_alone(void **state)
{
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	struct net_answer r = {0};
	assert_int_equal(get(c, "http", "/ok", 10, &r, NULL), 0);
	net_answer_done(&r);
	net_exchange_client_free(c);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	CLEANUP_FREE char *want = mem_printf("GET /ok HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: slim\r\n"
					     "Accept: */*\r\nAccept-Encoding: gzip, deflate%s\r\n\r\n",
					     server.port, br());
	assert_string_equal(server.requests.items[test_server_requests(&server) - 1], want);
}

/* A method that could have a body has none, and says nothing of one. */
static void a_post_is_empty(void **state)
{
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	CLEANUP_FREE char *url = mem_printf("http://127.0.0.1:%u/ok", server.port);
	struct net_fetch_request q = {.method = "POST", .url = url, .max_body = 10};
	struct net_answer r = {0};
	assert_int_equal(net_fetch(c, &q, NULL, &r, NULL), 0);
	net_answer_done(&r);
	net_exchange_client_free(c);
	CLEANUP_FREE char *want = mem_printf("POST /ok HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: slim\r\n"
					     "Accept: */*\r\nAccept-Encoding: gzip, deflate%s\r\n\r\n",
					     server.port, br());
	assert_string_equal(server.requests.items[test_server_requests(&server) - 1], want);
}

static void cancel_is_immediate(void **state)
{
	assert_int_equal(pipe2(cancel_pipe, O_CLOEXEC), 0);
	struct progress p = {.cancel_fd = cancel_pipe[0]};
	struct net_exchange_client *c = net_exchange_client_new(&insecure);
	CLEANUP_FREE char *url = mem_printf("http://127.0.0.1:%u/cancel", server.port);
	struct net_fetch_request q = {.method = "GET", .url = url, .max_body = 10}; /* no timeout: else it would hang */
	struct net_answer r = {0};
	size_t before = test_server_conns(&server);
	assert_int_equal(net_fetch(c, &q, &p, &r, NULL), -ERR_CANCELLED);
	assert_int_equal(test_server_conns(&server), before + 1);
	assert_int_equal(net_fetch(c, &q, &p, &r, NULL), -ERR_CANCELLED); /* it stays so: nothing is sent */
	assert_int_equal(test_server_conns(&server), before + 1);
	net_exchange_client_free(c);
}

/* The server may be about to write into the pipe. */
static int stop_cancelling(void **state)
{
	int r = stop(state);
	close(cancel_pipe[0]);
	close(cancel_pipe[1]);
	return r;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(answers, start, stop),
	    cmocka_unit_test_setup_teardown(failures, start, stop),
	    cmocka_unit_test(urls_that_lead_nowhere),
	    cmocka_unit_test(a_connection_has_its_own_timeout),
	    cmocka_unit_test_setup_teardown(connections_are_kept, start, stop),
	    cmocka_unit_test_setup_teardown(the_request_is_ours_alone, start, stop),
	    cmocka_unit_test_setup_teardown(a_post_is_empty, start, stop),
	    cmocka_unit_test_setup_teardown(cancel_is_immediate, start, stop_cancelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
