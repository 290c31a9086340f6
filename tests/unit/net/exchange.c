#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/exchange.h"
#include "net/test_server.h"

static struct test_server server;

/* Bytes that tell where they are. */
static char byte_at(uint64_t i)
{
	return (char)(i % 251);
}

static bool send_bytes(struct test_conn *c, uint64_t n)
{
	char part[60000];
	for (uint64_t at = 0; at < n;) {
		size_t k = n - at < sizeof(part) ? (size_t)(n - at) : sizeof(part);
		for (size_t i = 0; i < k; i++)
			part[i] = byte_at(at + i);
		if (!test_send(c, part, k))
			return false;
		at += k;
	}
	return true;
}

/* A body of n such bytes; says where it was when it failed or ended. */
struct source {
	uint64_t size, at, fails_at; /* fails_at 0 = never */
	size_t largest;              /* bytes in one go */
};

static ssize_t source_read(void *ctx, void *data, size_t n, struct err *err)
{
	struct source *s = ctx;
	if (s->fails_at && s->at >= s->fails_at)
		return err_set(err, ERR_CORRUPT, "the source is broken");
	if (n > s->size - s->at)
		n = (size_t)(s->size - s->at);
	if (s->largest && n > s->largest)
		n = s->largest;
	for (size_t i = 0; i < n; i++)
		((char *)data)[i] = byte_at(s->at + i);
	s->at += n;
	return (ssize_t)n;
}

static bool are_bytes(const struct buf *b, uint64_t n)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != byte_at(i))
			return false;
	return b->len == n;
}

#define BIG (8u << 20)

/* What the server does for each path. */
static bool handle(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	if (strcmp(path, "/ok") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/plain\r\nX-A: 1\r\nx-a: two\r\n", "hello", 5);
	if (strcmp(path, "/big") == 0) {
		buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", BIG);
		return test_send(c, b.data, b.len) && send_bytes(c, BIG);
	}
	if (strcmp(path, "/echo") == 0) {
		if (strstr(c->head, "\r\nExpect: 100-continue\r\n"))
			test_send_str(c, "HTTP/1.1 100 Continue\r\n\r\n");
		if (!test_read_body(c, &b))
			return false;
		return test_reply(c, are_bytes(&b, b.len) ? "201 Created" : "500 Broken", "", b.data, b.len);
	}
	return test_reply(c, "404 Not Found", "", "", 0);
}

static const struct exchange_peer defaults = {.connect_timeout_ms = 10000, .idle_timeout_ms = 10000};

static int start(void **state)
{
	test_server_start(&server, false, handle);
	return 0;
}

static int stop(void **state)
{
	test_server_stop(&server);
	return 0;
}

static char *url_of(const char *path)
{
	return mem_printf("http://127.0.0.1:%u%s", server.port, path);
}

static int get(struct exchange_client *c, const char *path, struct exchange **x, struct err *err)
{
	CLEANUP_FREE char *url = url_of(path);
	struct exchange_request q = {.method = "GET", .url = url};
	return exchange_open(c, &q, NULL, x, err);
}

static void an_answer_is_read(void **state)
{
	CLEANUP_EXCHANGE_CLIENT struct exchange_client *c = exchange_client_new(&defaults);
	CLEANUP_EXCHANGE struct exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	const char *value;
	assert_int_equal(get(c, "/ok", &x, &err), 0);
	assert_int_equal(exchange_status(x), 200);
	assert_int_equal(exchange_size(x), 5);
	assert_string_equal(exchange_header(x, "content-TYPE"), "text/plain");
	assert_null(exchange_header(x, "X-B"));
	assert_true(exchange_header_nth(x, "X-A", 1, &value));
	assert_string_equal(value, "two");
	assert_false(exchange_header_nth(x, "X-A", 2, &value));
	assert_int_equal(exchange_read_all(x, 5, &b, &err), 0);
	assert_string_equal(b.data, "hello");
	assert_int_equal(exchange_read(x, b.data, 5, &err), 0); /* the end stays */
}

static void a_large_body_streams(void **state)
{
	CLEANUP_EXCHANGE_CLIENT struct exchange_client *c = exchange_client_new(&defaults);
	struct exchange *x = NULL;
	struct err err = {0};
	CLEANUP_BUF struct buf b = {0};
	char part[1000];
	ssize_t n;
	assert_int_equal(get(c, "/big", &x, &err), 0);
	CLEANUP_READER struct io_reader r = exchange_reader(x);
	while ((n = r.read(r.ctx, part, sizeof(part), &err)) > 0)
		buf_append(&b, part, (size_t)n);
	assert_int_equal(n, 0);
	assert_true(are_bytes(&b, BIG));
}

static void upload_one(const char *method, uint64_t size, uint64_t said, size_t largest)
{
	CLEANUP_EXCHANGE_CLIENT struct exchange_client *c = exchange_client_new(&defaults);
	CLEANUP_EXCHANGE struct exchange *x = NULL;
	CLEANUP_FREE char *url = url_of("/echo");
	CLEANUP_BUF struct buf b = {0};
	struct source source = {.size = size, .largest = largest};
	struct io_reader body = {.read = source_read, .ctx = &source};
	struct exchange_request q = {.method = method, .url = url, .body = &body, .body_size = said};
	struct err err = {0};
	int r = exchange_open(c, &q, NULL, &x, &err);
	if (r < 0)
		print_error("%s %llu: %s\n", method, (unsigned long long)size, err.msg);
	assert_int_equal(r, 0);
	assert_int_equal(exchange_status(x), 201);
	assert_int_equal(exchange_read_all(x, BIG, &b, &err), 0);
	assert_true(are_bytes(&b, size));
}

static void a_body_is_sent(void **state)
{
	static const uint64_t sizes[] = {0, 1, 5000, 131072, 131073, 1u << 20, BIG};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		upload_one("PUT", sizes[i], sizes[i], 0);
		upload_one("POST", sizes[i], EXCHANGE_ANY_SIZE, 0);
		upload_one("PATCH", sizes[i], sizes[i], 10000);
		upload_one("POST", sizes[i], EXCHANGE_ANY_SIZE, 10000);
	}
}

static void a_unix_socket_is_used(void **state)
{
	CLEANUP_FREE char *dir = mem_strdup("/tmp/slim-exchange-XXXXXX");
	assert_non_null(mkdtemp(dir));
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/s", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 5), 0);
	test_server_start_at(&server, fd, false, handle);
	struct exchange_peer peer = defaults;
	peer.unix_socket = a.sun_path;
	struct exchange_client *c = exchange_client_new(&peer);
	struct exchange *x = NULL;
	struct err err = {0};
	struct exchange_request q = {.method = "GET", .url = "http://no.such.host.invalid/ok"};
	assert_int_equal(exchange_open(c, &q, NULL, &x, &err), 0);
	assert_int_equal(exchange_status(x), 200);
	exchange_close(x);
	exchange_client_free(c);
	test_server_stop(&server);
	c = exchange_client_new(&peer);
	assert_int_equal(exchange_open(c, &q, NULL, &x, &err), -ERR_SYS);
	assert_int_equal(err.sys, ECONNREFUSED);
	assert_non_null(strstr(err.msg, a.sun_path));
	unlink(a.sun_path);
	assert_int_equal(exchange_open(c, &q, NULL, &x, &err), -ERR_NOTFOUND);
	exchange_client_free(c);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_answer_is_read, start, stop),
	    cmocka_unit_test_setup_teardown(a_large_body_streams, start, stop),
	    cmocka_unit_test_setup_teardown(a_body_is_sent, start, stop),
	    cmocka_unit_test(a_unix_socket_is_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
