#include "unit.h"

#include <poll.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/exchange_server.h"

#define BIG (8u << 20)

static int cancel_pipe[2] = {-1, -1};
static uint64_t got_of_body; /* by the server, of the last upload */

/* Pieces of an answer that is never complete, until the peer goes. */
static void drip(struct test_conn *c, const char *piece)
{
	for (;;) {
		struct pollfd f = {.fd = c->fd, .events = POLLIN};
		if (!test_send_str(c, piece) || poll(&f, 1, 20) > 0)
			return;
	}
}

#define OK "HTTP/1.1 200 OK\r\n"
static const struct test_row bad_answers[] = {
    {"/0.9", "<html>hello</html>"},
    {"/garbage", "\xff\0\r\n\x1b[2J\0\0", .n = 10},
    {"/alert", "\x15\x03\x01\0\x02\x02\x46", .n = 7},
    {"/redis", "-ERR unknown command\r\n", TEST_HANG}, /* the connection stays: the first bytes must decide */
    {"/switch", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello"},
    {"/reset", "", TEST_RESET},
    {"/half-header", OK "Content-Len"},
    {"/short", OK "Content-Length: 50\r\n\r\nhello"},
    {"/short-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhe"},
    {"/no-last-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
    {"/bad-chunk", OK "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"},
    {"/reset-later", OK "Content-Length: 5\r\n\r\nhe", TEST_RESET},
    {"/encoded", OK "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
    {"/encoded-below", OK "transfer-encoding:\r\n gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
    {"/endless-header", OK, TEST_FOREVER, "A: b\r\n"},
    {"/endless-line", OK "A: ", TEST_FOREVER, "more and more "},
    {"/endless-100", "", TEST_FOREVER, "HTTP/1.1 100 Continue\r\n\r\n"},
    {"/endless-trailer", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", TEST_FOREVER, "A: b\r\n"},
    {"/slow-body", OK "Content-Length: 9\r\n\r\nhel", TEST_HANG},
    {"/silent", "", TEST_HANG},
    {NULL, NULL, TEST_CLOSE},
};

static bool bad_answer(struct test_conn *c, const char *path)
{
	bool open = false;
	if (!test_answer(c, bad_answers, path, &open) && strcmp(path, "/drip-header") == 0) {
		test_send_str(c, OK);
		drip(c, "A: b\r\n");
	}
	return open;
}

static bool answer_upload(struct test_conn *c, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	bool waits = strstr(c->head, "\r\nExpect: 100-continue\r\n");
	if (strcmp(path, "/early") == 0) /* whether the body is waited for or not */
		return test_reply(c, "401 Who", "WWW-Authenticate: Basic realm=x\r\n", "no", 2) && false;
	if (strcmp(path, "/early-kept") == 0)
		return test_reply(c, "401 Who", "WWW-Authenticate: Basic realm=x\r\n", "no", 2);
	if (strcmp(path, "/expectation") == 0 && waits)
		return test_reply(c, "417 No", "", "what?", 5);
	if (strcmp(path, "/always-417") == 0)
		return test_reply(c, "417 No", "", "what?", 5);
	if (strcmp(path, "/impatient") == 0)
		waits = false;
	if (waits)
		test_send_str(c, "HTTP/1.1 100 Continue\r\n\r\n");
	if (strcmp(path, "/full") == 0) {
		test_read_n(c, 70000, NULL);
		return test_reply(c, "413 Too Large", "", "full", 4) && false;
	}
	if (strcmp(path, "/breaks") == 0) {
		test_read_n(c, 70000, NULL);
		test_reset(c);
		return false;
	}
	if (strcmp(path, "/stops") == 0) {
		test_read_n(c, 70000, NULL);
		/* Nothing is read any more: the peer's buffers fill. */
		struct pollfd f = {.fd = c->fd};
		poll(&f, 1, -1);
		return false;
	}
	if (strcmp(path, "/progress") == 0) {
		/* As an engine's load does: it answers while it still reads. */
		test_send_str(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		test_read_body(c, &b);
		return test_send_str(c, are_bytes(&b, b.len) ? "5\r\nhello\r\n0\r\n\r\n" : "3\r\nbad\r\n0\r\n\r\n");
	}
	if (!test_read_body(c, &b))
		return false;
	got_of_body = b.len;
	if (strcmp(path, "/then-silent") == 0)
		test_hang(c);
	return test_reply(c, are_bytes(&b, b.len) ? "201 Created" : "500 Broken", "", b.data, b.len);
}

/* What the server does for each path. */
static bool handle(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/ok") == 0)
		return test_reply(c, "200 OK", "", "hello", 5);
	if (strcmp(path, "/cancel") == 0) {
		assert_int_equal(write(cancel_pipe[1], "x", 1), 1);
		test_hang(c);
	}
	if (strcmp(path, "/cancel-body") == 0) {
		test_send_str(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel");
		test_hang(c);
	}
	return strcmp(method, "PUT") == 0 ? answer_upload(c, path) : bad_answer(c, path);
}

static int start(void **state)
{
	test_server_start(&server, false, handle);
	return 0;
}

/* Opened and read to its end; opens: whether the first of it has to work. */
static void failure_one(struct net_exchange_client *c, const char *path, bool opens, enum err_code code, int sys)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	CLEANUP_FREE char *peer = mem_printf("127.0.0.1:%u: ", server.port);
	int r = get(c, path, &x, &err);
	if ((r == 0) != opens)
		print_error("%s: %d %s\n", path, r, err.msg);
	assert_int_equal(r == 0, opens);
	if (opens)
		r = net_exchange_read_all(x, SIZE_MAX, &b, &err);
	if (r != -(int)code || err.code != code || err.sys != sys || strncmp(err.msg, peer, strlen(peer)) != 0)
		print_error("%s: %d, %d %d %s\n", path, r, (int)err.code, err.sys, err.msg);
	assert_int_equal(r, -(int)code);
	assert_int_equal(err.code, code);
	assert_int_equal(err.sys, sys);
	assert_memory_equal(err.msg, peer, strlen(peer));
	assert_null(strstr(err.msg, path)); /* no path, nothing that is in it */
	if (opens)
		assert_int_equal(net_exchange_read_all(x, SIZE_MAX, &b, NULL), r); /* it stays so */
	else
		assert_null(x);
}

static void failures(void **state)
{
	static const struct {
		const char *path;
		bool opens;
		enum err_code code;
		int sys;
	} cases[] = {
	    {"/0.9", false, ERR_PROTO},
	    {"/garbage", false, ERR_PROTO},
	    {"/alert", false, ERR_PROTO, EPROTO},
	    {"/redis", false, ERR_PROTO},
	    {"/switch", false, ERR_PROTO},
	    {"/close", false, ERR_SYS, ECONNRESET},
	    {"/reset", false, ERR_SYS, ECONNRESET},
	    {"/half-header", false, ERR_PROTO, ECONNRESET},
	    {"/short", true, ERR_PROTO, ECONNRESET},
	    {"/short-chunk", true, ERR_PROTO, ECONNRESET},
	    {"/no-last-chunk", true, ERR_PROTO, ECONNRESET},
	    {"/bad-chunk", true, ERR_PROTO, ECONNRESET},
	    {"/reset-later", true, ERR_PROTO, ECONNRESET},
	    {"/encoded", false, ERR_PROTO},
	    {"/encoded-below", false, ERR_PROTO},
	    {"/endless-header", false, ERR_LIMIT},
	    {"/endless-line", false, ERR_LIMIT},
	    {"/endless-100", false, ERR_LIMIT},
	    {"/endless-trailer", true, ERR_LIMIT},
	};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		failure_one(c, cases[i].path, cases[i].opens, cases[i].code, cases[i].sys);
	struct net_exchange *x = NULL;
	assert_int_equal(get(c, "/ok", &x, NULL), 0); /* the client is as good as new */
	net_exchange_close(x);
}

static void what_came_before_a_failure_is_read(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct err err = {0};
	char part[100];
	assert_int_equal(get(c, "/short", &x, &err), 0);
	assert_int_equal(net_exchange_read(x, part, 2, &err), 2);
	assert_int_equal(net_exchange_read(x, part, 100, &err), 3);
	assert_int_equal(net_exchange_read(x, part, 100, &err), -ERR_PROTO);
	assert_int_equal(net_exchange_read(x, part, 100, &err), -ERR_PROTO);
}

static void nobody_listens(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	int fd = test_bind(&server.port, false);
	failure_one(c, "/ok", false, ERR_SYS, ECONNREFUSED);
	close(fd);
}

/* A time-out after ms at least, whose message ends so. */
static void timeout_one(const char *path, bool opens, const struct net_exchange_peer *peer, unsigned answer_ms,
			unsigned least, const char *why)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(peer);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_FREE char *url = url_of(path);
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	struct net_exchange_request q = {.method = "GET", .url = url, .answer_timeout_ms = answer_ms};
	uint64_t before = clock_ms();
	int r = net_exchange_open(c, &q, NULL, &x, &err);
	assert_int_equal(r == 0, opens);
	if (r == 0)
		r = net_exchange_read_all(x, SIZE_MAX, &b, &err);
	assert_int_equal(r, -ERR_TIMEOUT);
	assert_true(clock_ms() - before >= least);
	const char *said = strstr(err.msg, ": ");
	assert_non_null(said);
	assert_string_equal(said + 2, why);
}

static void time_is_limited(void **state)
{
	struct net_exchange_peer short_idle = {.idle_timeout_ms = 200};
	struct net_exchange_peer long_idle = {.idle_timeout_ms = 60000};
	timeout_one("/silent", false, &short_idle, 0, 200, "no answer within 0.2 s");
	timeout_one("/silent", false, &short_idle, 300, 300, "no answer within 0.3 s");
	timeout_one("/silent", false, &long_idle, 100, 100, "no answer within 0.1 s");
	timeout_one("/drip-header", false, &short_idle, 0, 200, "no answer within 0.2 s");
	timeout_one("/slow-body", true, &short_idle, 60000, 200, "nothing moved for 0.2 s");
}

/* The handshake is a part of the connection. */
static void a_connection_has_its_own_timeout(void **state)
{
	struct net_exchange_peer peer = {.connect_timeout_ms = 100};
	struct err err = {0};
	struct net_exchange *x = NULL;
	test_server_start(&server, false, handle);
	server.waits = true;
	struct net_exchange_client *c = net_exchange_client_new(&peer);
	CLEANUP_FREE char *url = mem_printf("https://127.0.0.1:%u/", server.port);
	struct net_exchange_request q = {.method = "GET", .url = url};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_TIMEOUT);
	assert_non_null(strstr(err.msg, ": no connection within 0.1 s"));
	net_exchange_client_free(c);
	test_server_stop(&server);
}

static void a_slow_caller_is_not_idle(void **state)
{
	struct net_exchange_peer peer = {.idle_timeout_ms = 100};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&peer);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	struct source source = {.size = BIG};
	struct io_reader body = {.read = source_read, .ctx = &source};
	CLEANUP_FREE char *url = url_of("/echo");
	struct net_exchange_request q = {
	    .method = "PUT", .url = url, .body = &body, .body_size = BIG, .answer_timeout_ms = 20000};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), 0);
	assert_int_equal(progress_wait(NULL, 150, &err), 0); /* what is tested is that time passes */
	if (net_exchange_read_all(x, BIG, &b, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(are_bytes(&b, BIG));
}

static void upload_one(uint64_t size, uint64_t said, size_t largest)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_BUF struct buf b = {0};
	struct source source = {.size = size, .largest = largest};
	struct err err = {0};
	int r = put(c, "/echo", &source, said, NULL, &b, &err);
	if (r != 201)
		print_error("%llu: %d %s\n", (unsigned long long)size, r, err.msg);
	assert_int_equal(r, 201);
	assert_true(are_bytes(&b, said == NET_EXCHANGE_ANY_SIZE ? size : said));
	assert_int_equal(source.at, b.len); /* not a byte more than was said */
}

static void a_body_is_sent(void **state)
{
	static const uint64_t sizes[] = {0, 1, 5000, 131072, 131073, 1u << 20, BIG};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		upload_one(sizes[i], sizes[i], 0);
		upload_one(sizes[i], sizes[i], 10000);
		upload_one(sizes[i], NET_EXCHANGE_ANY_SIZE, 0);
		upload_one(sizes[i], NET_EXCHANGE_ANY_SIZE, 10000);
		upload_one(sizes[i] + 77, sizes[i], 0);
	}
}

/* A status that comes before the body is sent, and whether the body was then kept back. */
static void early_one(const char *path, uint64_t size, int status, uint64_t most)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_BUF struct buf b = {0};
	struct source source = {.size = size};
	struct err err = {0};
	int r = put(c, path, &source, size, NULL, &b, &err);
	if (r != status)
		print_error("%s, %llu: %d %s\n", path, (unsigned long long)size, r, err.msg);
	assert_int_equal(r, status);
	assert_true(source.at <= most);
}

static void an_early_answer_is_an_answer(void **state)
{
	early_one("/early", BIG, 401, 0);
	early_one("/early-kept", BIG, 401, 0);
	early_one("/expectation", BIG, 201, BIG);
	early_one("/always-417", BIG, 417, BIG);
	for (int i = 0; i < 20; i++) {
		early_one("/early", 1000000, 401, 0);
		early_one("/early", 16384, 401, 16384); /* too small to wait for leave */
		early_one("/full", BIG, 413, BIG);
		early_one("/full", 1000000, 413, 1000000);
	}
}

/* After a second in which no 100 Continue comes. */
static void an_impatient_server_gets_the_body(void **state)
{
	early_one("/impatient", 2u << 20, 201, 2u << 20);
}

static void an_answer_may_come_while_the_body_is_sent(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	struct err err = {0};
	for (int i = 0; i < 3; i++) {
		CLEANUP_BUF struct buf b = {0};
		struct source source = {.size = BIG};
		assert_int_equal(put(c, "/progress", &source, NET_EXCHANGE_ANY_SIZE, NULL, &b, &err), 200);
		assert_string_equal(b.data, "hello");
		assert_int_equal(source.at, BIG);
	}
	assert_int_equal(test_server_conns(&server), 1);
}

static void a_body_may_fail(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	static const char *const paths[] = {"/echo", "/progress"};
	for (size_t i = 0; i < 2; i++)
		for (uint64_t at = 1; at < 4u << 20; at = at * 4 + 100000) {
			CLEANUP_BUF struct buf b = {0};
			struct err err = {0};
			struct source source = {.size = BIG, .fails_at = at, .largest = 60000};
			got_of_body = 7;
			assert_int_equal(put(c, paths[i], &source, i ? NET_EXCHANGE_ANY_SIZE : BIG, NULL, &b, &err),
					 -ERR_CORRUPT);
			assert_string_equal(err.msg, "the source is broken");
			assert_int_equal(got_of_body, 7); /* never taken for a whole one */
			source = (struct source){.size = at};
			assert_int_equal(put(c, paths[i], &source, BIG, NULL, &b, &err), -ERR_CORRUPT);
			assert_non_null(strstr(err.msg, "the data to send ends after"));
			assert_int_equal(got_of_body, 7);
		}
}

/* A kept connection breaks in the middle of a body: curl may not send the second half as if it were the whole. */
static void half_a_body_is_not_sent_again(void **state)
{
	for (int i = 0; i < 10; i++) {
		CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
		CLEANUP_BUF struct buf b = {0};
		struct net_exchange *x = NULL;
		struct err err = {0};
		uint64_t size = i % 2 ? BIG : 1000000;
		struct source source = {.size = size};
		assert_int_equal(get(c, "/ok", &x, &err), 0);
		net_exchange_close(x);
		size_t before = test_server_requests(&server);
		got_of_body = 7;
		int r = put(c, "/breaks", &source, size, NULL, &b, &err);
		if (r != -ERR_SYS || (err.sys != ECONNRESET && err.sys != EPIPE))
			print_error("%d %d %s\n", r, err.sys, err.msg);
		assert_int_equal(r, -ERR_SYS);
		assert_true(err.sys == ECONNRESET || err.sys == EPIPE);
		assert_int_equal(got_of_body, 7);
		assert_int_equal(test_server_requests(&server), before + 1);
	}
}

static void an_upload_can_stop(void **state)
{
	struct net_exchange_peer peer = {.idle_timeout_ms = 200};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&peer);
	CLEANUP_BUF struct buf b = {0};
	struct source source = {.size = UINT64_MAX - 1};
	struct err err = {0};
	assert_int_equal(put(c, "/stops", &source, source.size, NULL, &b, &err), -ERR_TIMEOUT);
	assert_non_null(strstr(err.msg, ": nothing moved for 0.2 s"));
	source = (struct source){.size = BIG};
	assert_int_equal(put(c, "/then-silent", &source, BIG, NULL, &b, &err), -ERR_TIMEOUT);
	assert_non_null(strstr(err.msg, ": no answer within 0.2 s"));
}

static void cancel_is_immediate(void **state)
{
	assert_int_equal(pipe2(cancel_pipe, O_CLOEXEC), 0);
	struct progress p = {.cancel_fd = cancel_pipe[0]};
	struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_FREE char *url = url_of("/cancel"), *body_url = url_of("/cancel-body");
	struct net_exchange_request q = {.method = "GET", .url = url};
	struct net_exchange *x = NULL;
	struct err err = {0};
	char part[10];
	assert_int_equal(net_exchange_open(c, &q, &p, &x, &err), -ERR_CANCELLED);
	assert_int_equal(net_exchange_open(c, &q, &p, &x, &err), -ERR_CANCELLED); /* it stays so: nothing is sent */
	assert_int_equal(test_server_requests(&server), 1);
	assert_int_equal(read(cancel_pipe[0], part, 1), 1);
	q.url = body_url;
	assert_int_equal(net_exchange_open(c, &q, &p, &x, &err), 0);
	assert_int_equal(write(cancel_pipe[1], "x", 1), 1);
	assert_int_equal(net_exchange_read(x, part, 10, &err), 3); /* here already */
	assert_int_equal(net_exchange_read(x, part, 10, &err), -ERR_CANCELLED);
	net_exchange_close(x);
	net_exchange_client_free(c);
	close(cancel_pipe[0]);
	close(cancel_pipe[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(failures, start, stop),
	    cmocka_unit_test_setup_teardown(what_came_before_a_failure_is_read, start, stop),
	    cmocka_unit_test(nobody_listens),
	    cmocka_unit_test_setup_teardown(time_is_limited, start, stop),
	    cmocka_unit_test(a_connection_has_its_own_timeout),
	    cmocka_unit_test_setup_teardown(a_slow_caller_is_not_idle, start, stop),
	    cmocka_unit_test_setup_teardown(a_body_is_sent, start, stop),
	    cmocka_unit_test_setup_teardown(an_early_answer_is_an_answer, start, stop),
	    cmocka_unit_test_setup_teardown(an_impatient_server_gets_the_body, start, stop),
	    cmocka_unit_test_setup_teardown(an_answer_may_come_while_the_body_is_sent, start, stop),
	    cmocka_unit_test_setup_teardown(a_body_may_fail, start, stop),
	    cmocka_unit_test_setup_teardown(half_a_body_is_not_sent_again, start, stop),
	    cmocka_unit_test_setup_teardown(an_upload_can_stop, start, stop),
	    cmocka_unit_test_setup_teardown(cancel_is_immediate, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
