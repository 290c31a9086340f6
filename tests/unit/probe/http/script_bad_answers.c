#include "unit.h"

#include <fcntl.h>
#include <libdeflate.h>

#include "base/limits.h"
#include "probe/http/scripts_served.h"

static int cancel_pipe[2] = {-1, -1};

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
	    cmocka_unit_test(bad_answers_are_bounded_and_named),
	    cmocka_unit_test(cancel_is_immediate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
