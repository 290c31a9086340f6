#include "unit.h"

#include <libdeflate.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/test_server.h"
#include "probe/probe.h"

#define TIMEOUT_MS 60000     /* of a request that ends */
#define DRIP_TIMEOUT_MS 1000 /* and of one that does not */

static struct test_server server;

static struct probe_http_options options = {
    .max_pages = PROBE_HTTP_PAGES, .max_depth = PROBE_HTTP_DEPTH, .timeout_ms = TIMEOUT_MS, .crawl = true};

/* The steps below GET /, one line each, without those that want an error. */
static char *probe(bool tls, bool (*handle)(struct test_conn *, const char *, const char *))
{
	struct oci_port port = {0};
	struct exercise_target t = {.host = "127.0.0.1", .ports = &port, .n_ports = 1, .host_mount_ns = -1};
	struct exercise_log log = {0};
	struct exercise e;
	struct buf b = {0};
	test_server_start(&server, tls, handle);
	port.number = server.port;
	probe_http(&options, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, NULL), 0);
	test_server_stop(&server);
	for (size_t i = 0; i < log.count; i++) {
		const struct exercise_step *s = &log.steps[i];
		if (s->wish == EXERCISE_WISH_ERROR || strcmp(s->what, "GET /") == 0)
			continue;
		buf_printf(&b, "%s %d %s\n", s->what + 4, s->status, s->error ? s->error : "");
		assert_true(s->answer.bytes <= LIMIT_HTTP_BODY + 1);
		assert_true(s->answer.head.len <= LIMIT_ANSWER);
	}
	exercise_log_done(&log);
	return buf_steal(&b);
}

static bool link_to(struct test_conn *c, const char *const *paths)
{
	CLEANUP_BUF struct buf b = {0};
	for (; *paths; paths++)
		buf_printf(&b, "<a href=%s></a>", *paths);
	return test_reply(c, "200 OK", "Content-Type: text/html\r\n", b.data, b.len);
}

static void becomes(bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	CLEANUP_FREE char *got = probe(false, handle);
	if (strcmp(got, want) != 0)
		print_error("got:\n%s\nwant:\n%s", got, want);
	assert_string_equal(got, want);
}

/* ---- bodies ---- */

/* What n bytes of zeros come to, zipped so often. */
static bool reply_bomb(struct test_conn *c, size_t n, unsigned times, const char *coding)
{
	struct libdeflate_compressor *z = libdeflate_alloc_compressor(9);
	char *data = mem_calloc(n, 1);
	for (; times; times--) {
		size_t room = libdeflate_gzip_compress_bound(z, n);
		char *zipped = mem_alloc(room);
		n = libdeflate_gzip_compress(z, data, n, zipped, room);
		free(data);
		data = zipped;
	}
	libdeflate_free_compressor(z);
	CLEANUP_FREE char *header = mem_printf("Content-Encoding: %s\r\n", coding);
	bool sent = test_reply(c, "200 OK", header, data, n);
	free(data);
	return sent;
}

static bool bodies(struct test_conn *c, const char *method, const char *path)
{
	static const char *const paths[] = {"/endless", "/chunks", "/bomb", "/bomb2",
					    "/bombs",   "/coding", "/cut",  NULL};
	static const struct test_row rows[] = {
	    {"/endless", "HTTP/1.1 200 OK\r\n\r\n", TEST_FOREVER, "x"},
	    {"/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno size\r\n", TEST_CLOSE},
	    {"/coding", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", TEST_KEEP},
	    {"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", TEST_RESET},
	    {0},
	};
	bool open;
	if (test_answer(c, rows, path, &open))
		return open;
	if (strcmp(path, "/bomb") == 0)
		return reply_bomb(c, 64u << 20, 1, "gzip");
	if (strcmp(path, "/bomb2") == 0)
		return reply_bomb(c, 64u << 20, 2, "gzip, gzip");
	if (strcmp(path, "/bombs") == 0)
		return reply_bomb(c, 1u << 10, 6, "gzip, gzip, gzip, gzip, gzip, gzip");
	return link_to(c, paths);
}

static void bodies_are_bounded(void **state)
{
	becomes(bodies, "/endless 200 \n"
			"/chunks -1 the connection broke before the answer was complete\n"
			"/bomb 200 \n"
			"/bomb2 200 \n"
			"/bombs -1 the answer's content encoding is broken\n"
			"/coding -1 the answer's content encoding is broken\n"
			"/cut -1 the connection broke before the answer was complete\n");
}

/* ---- headers ---- */

static bool headers(struct test_conn *c, const char *method, const char *path)
{
	static const char *const paths[] = {"/endless", "/cookies", "/long", "/status", "/none", NULL};
	static const struct test_row rows[] = {
	    {"/endless", "HTTP/1.1 200 OK\r\n", TEST_FOREVER, "A: b\r\n"},
	    {"/long", "HTTP/1.1 200 OK\r\nA: ", TEST_FOREVER, "x"},
	    {"/status", "HTTP/1.1 9999 What\r\n\r\n", TEST_CLOSE},
	    {"/none", "\r\n\r\n", TEST_CLOSE},
	    {0},
	};
	bool open;
	if (test_answer(c, rows, path, &open))
		return open;
	if (strcmp(path, "/cookies") != 0)
		return link_to(c, paths);
	CLEANUP_BUF struct buf b = {0};
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&b, "Set-Cookie: c%u=v; Path=/\r\n", i);
	return test_reply(c, "200 OK", b.data, "", 0);
}

static void headers_are_bounded(void **state)
{
	becomes(headers, "/endless -1 the answer's header is too large\n"
			 "/cookies -1 the answer's number of cookies is too large\n"
			 "/long -1 the answer's header is too large\n"
			 "/status -1 the answer is not HTTP\n"
			 "/none -1 the answer is not HTTP\n");
}

/* ---- redirects ---- */

static bool redirects(struct test_conn *c, const char *method, const char *path)
{
	static const char *const paths[] = {"/self", "/a", "/out", "/file", "/count/1", NULL};
	static const struct {
		const char *path, *location;
	} rows[] = {
	    {"/self", "/self"},
	    {"/a", "/b"},
	    {"/b", "/a"},
	    {"/out", "http://other.example/"},
	    {"/file", "file:///etc/passwd"},
	};
	CLEANUP_FREE char *next = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(path, rows[i].path) == 0)
			next = mem_printf("Location: %s\r\n", rows[i].location);
	if (strncmp(path, "/count/", 7) == 0)
		next = mem_printf("Location: /count/%d\r\n", atoi(path + 7) + 1);
	return next ? test_reply(c, "302 Found", next, "", 0) : link_to(c, paths);
}

static void redirects_end(void **state)
{
	becomes(redirects, "/self 302 \n/a 302 \n/out 302 \n/file 302 \n/count/1 302 \n/b 302 \n/count/2 302 \n"
			   "/count/3 302 \n/count/4 302 \n/count/5 302 \n");
}

/* ---- time ---- */

static bool drips(struct test_conn *c, const char *method, const char *path)
{
	static const char *const paths[] = {"/body", "/header", NULL};
	bool body = strcmp(path, "/body") == 0;
	if (!body && strcmp(path, "/header") != 0)
		return link_to(c, paths);
	if (!test_send_str(c, body ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 200 OK\r\n"))
		return false;
	while (test_send_str(c, body ? "x" : "A: b\r\n"))
		assert_int_equal(progress_wait(NULL, 20, NULL), 0);
	return false;
}

static void drips_end(void **state)
{
	options.timeout_ms = DRIP_TIMEOUT_MS;
	becomes(drips, "/body -1 the answer did not end within 1 s\n/header -1 the answer did not end within 1 s\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_are_bounded),
	    cmocka_unit_test(headers_are_bounded),
	    cmocka_unit_test(redirects_end),
	    cmocka_unit_test(drips_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
