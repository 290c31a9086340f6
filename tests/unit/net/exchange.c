#include "unit.h"

#include <malloc.h>
#include <sys/un.h>

#include "net/exchange_server.h"

#define BIG (8u << 20)

/* What the server does for each path. */
static bool handle(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	if (strcmp(path, "/ok") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/plain\r\nX-A: 1\r\nx-a: two\r\n", "hello", 5);
	if (strcmp(path, "/head") == 0)
		return test_send_str(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	if (strcmp(path, "/empty") == 0)
		return test_send_str(c, "HTTP/1.1 204 No Content\r\n\r\n");
	if (strcmp(path, "/redirect") == 0)
		return test_reply(c, "307 There", "Location: /ok\r\n", "", 0);
	if (strcmp(path, "/gzip") == 0)
		return test_reply(c, "200 OK", "Content-Encoding: gzip\r\n", "\x1f\x8bnot", 5);
	if (strcmp(path, "/later") == 0)
		return test_send_str(
		    c, "HTTP/1.1 100 Continue\r\nX-A: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-A: no\r\n\r\n"
		       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n"
		       "5\r\nhello\r\n6\r\n world\r\n0\r\nX-A: trailer\r\n\r\n");
	if (strcmp(path, "/to-the-end") == 0)
		return !test_send_str(c, "HTTP/1.1 200 OK\r\n\r\nhello");
	if (strcmp(path, "/big") == 0) {
		buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", BIG);
		return test_send(c, b.data, b.len) && send_bytes(c, BIG);
	}
	return test_reply(c, "404 Not Found", "", "no such page", 12);
}

static int start(void **state)
{
	test_server_start(&server, false, handle);
	return 0;
}

static void an_answer_is_read(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	const char *value = NULL;
	assert_int_equal(get(c, "/ok", &x, &err), 0);
	assert_int_equal(net_exchange_status(x), 200);
	assert_int_equal(net_exchange_size(x), 5);
	assert_string_equal(net_exchange_header(x, "content-TYPE"), "text/plain");
	assert_null(net_exchange_header(x, "X-B"));
	assert_true(net_exchange_header_nth(x, "X-A", 0, &value));
	assert_string_equal(value, "1");
	assert_true(net_exchange_header_nth(x, "X-A", 1, &value));
	assert_string_equal(value, "two");
	assert_false(net_exchange_header_nth(x, "X-A", 2, &value));
	assert_int_equal(net_exchange_read_all(x, 5, &b, &err), 0);
	assert_string_equal(b.data, "hello");
	assert_int_equal(net_exchange_read(x, b.data, 5, &err), 0); /* the end stays */
}

static void answer_one(const char *method, const char *path, int status, uint64_t size, const char *body)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_FREE char *url = url_of(path);
	CLEANUP_BUF struct buf b = {0};
	struct net_exchange_request q = {.method = method, .url = url};
	struct err err = {0};
	int r = net_exchange_open(c, &q, NULL, &x, &err);
	if (r < 0)
		print_error("%s: %s\n", path, err.msg);
	assert_int_equal(r, 0);
	assert_int_equal(net_exchange_status(x), status);
	assert_int_equal(net_exchange_size(x), size);
	assert_null(net_exchange_header(x, "X-A"));
	assert_int_equal(net_exchange_read_all(x, 100, &b, &err), 0);
	assert_string_equal(b.data ? b.data : "", body);
	assert_null(net_exchange_header(x, "X-A"));
}

static void answers(void **state)
{
	answer_one("HEAD", "/head", 200, 1000, "");
	answer_one("GET", "/empty", 204, 0, "");
	answer_one("DELETE", "/empty", 204, 0, "");
	answer_one("GET", "/redirect", 307, 0, ""); /* not followed */
	answer_one("GET", "/gzip", 200, 5, "\x1f\x8bnot");
	answer_one("GET", "/later", 200, NET_EXCHANGE_ANY_SIZE, "hello world");
	answer_one("GET", "/to-the-end", 200, NET_EXCHANGE_ANY_SIZE, "hello");
	answer_one("GET", "/none", 404, 12, "no such page");
}

static void a_large_body_needs_little_memory(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	struct net_exchange *x = NULL;
	struct err err = {0};
	char part[1000], want[1000];
	uint64_t at = 0;
	ssize_t n;
	assert_int_equal(get(c, "/ok", &x, &err), 0); /* what is made once is there */
	net_exchange_close(x);
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd, most = 0;
	assert_int_equal(get(c, "/big", &x, &err), 0);
	CLEANUP_IO_READER struct io_reader r = net_exchange_reader(x);
	while ((n = r.read(r.ctx, part, sizeof(part), &err)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			want[i] = byte_at(at + (uint64_t)i);
		assert_memory_equal(part, want, n);
		at += (uint64_t)n;
		size_t now = mallinfo2().uordblks + mallinfo2().hblkhd;
		most = now > most ? now : most;
	}
	assert_int_equal(n, 0);
	assert_int_equal(at, BIG);
	if (most > before + (256u << 10))
		print_error("%zu bytes\n", most - before);
	assert_true(most <= before + (256u << 10));
}

static void a_limit_holds(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	assert_int_equal(get(c, "/big", &x, &err), 0);
	assert_int_equal(net_exchange_read_all(x, BIG - 1, &b, &err), -ERR_LIMIT);
	assert_true(b.len < BIG);
	CLEANUP_FREE char *peer = mem_printf("127.0.0.1:%u: ", server.port);
	assert_non_null(strstr(err.msg, peer));
}

/* How many connections the server sees for two requests, the first one treated so. */
static size_t connections(const char *path, size_t read_of_first)
{
	struct net_exchange_client *c = net_exchange_client_new(&defaults);
	struct net_exchange *x = NULL;
	struct err err = {0};
	char part[1000];
	size_t before = test_server_conns(&server);
	assert_int_equal(get(c, path, &x, &err), 0);
	while (read_of_first) {
		ssize_t n =
		    net_exchange_read(x, part, read_of_first < sizeof(part) ? read_of_first : sizeof(part), &err);
		assert_true(n >= 0);
		if (n == 0)
			break;
		read_of_first -= (size_t)n;
	}
	net_exchange_close(x);
	assert_int_equal(get(c, "/ok", &x, &err), 0);
	net_exchange_close(x);
	net_exchange_client_free(c);
	return test_server_conns(&server) - before;
}

static void connections_are_kept(void **state)
{
	assert_int_equal(connections("/ok", SIZE_MAX), 1);
	assert_int_equal(connections("/ok", 5), 1);
	assert_int_equal(connections("/ok", 0), 1); /* short and here already */
	assert_int_equal(connections("/empty", 0), 1);
	assert_int_equal(connections("/later", SIZE_MAX), 1);
	assert_int_equal(connections("/big", SIZE_MAX), 1);
	assert_int_equal(connections("/big", BIG), 1);
	assert_int_equal(connections("/big", 5000), 2); /* cheaper than the rest of it */
	assert_int_equal(connections("/big", 0), 2);
	assert_int_equal(connections("/to-the-end", SIZE_MAX), 2);
}

static void the_request_is_ours_alone(void **state)
{
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_FREE char *url = url_of("/ok?a=b%20c");
	struct net_exchange *x = NULL;
	struct err err = {0};
	strlist_add(&headers, "Authorization: Bearer t");
	strlist_add(&headers, "Accept: a/b, c/d");
	struct net_exchange_request q = {.method = "GET", .url = url, .headers = &headers};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), 0);
	net_exchange_close(x);
	q = (struct net_exchange_request){.method = "POST", .url = url};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), 0);
	net_exchange_close(x);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	CLEANUP_FREE char *want = mem_printf("GET /ok?a=b%%20c HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: slim\r\n"
					     "Authorization: Bearer t\r\nAccept: a/b, c/d\r\n\r\n",
					     server.port);
	assert_string_equal(server.requests.items[0], want);
	CLEANUP_FREE char *post = mem_printf("POST /ok?a=b%%20c HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: slim\r\n"
					     "Accept: */*\r\nContent-Length: 0\r\n\r\n",
					     server.port);
	assert_string_equal(server.requests.items[1], post);
}

static void a_proxy_of_the_environment(void **state)
{
	struct net_exchange_peer peer = defaults;
	peer.proxies = true;
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&peer);
	CLEANUP_FREE char *proxy = mem_printf("http://127.0.0.1:%u", server.port);
	struct net_exchange *x = NULL;
	struct err err = {0};
	setenv("http_proxy", proxy, 1);
	setenv("https_proxy", proxy, 1);
	struct net_exchange_request q = {.method = "GET", .url = "http://no.such.host.invalid/ok"};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), 0);
	assert_int_equal(net_exchange_status(x), 404); /* the whole URL is not one of its paths */
	net_exchange_close(x);
	x = NULL;
	assert_memory_equal(server.requests.items[0], "GET http://no.such.host.invalid/ok HTTP/1.1\r\n", 45);
	q.url = "https://no.such.host.invalid/ok";
	CLEANUP_STRLIST struct strlist headers = {0};
	strlist_add(&headers, "Authorization: Bearer secret");
	q.headers = &headers;
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_DENIED); /* CONNECT gets a 404 too */
	assert_non_null(strstr(err.msg, "the proxy refused"));
	assert_memory_equal(server.requests.items[1], "CONNECT no.such.host.invalid:443 HTTP/1.1\r\n", 43);
	assert_null(strstr(server.requests.items[1], "secret"));
	unsetenv("http_proxy");
	unsetenv("https_proxy");
}

static void what_may_not_be_asked(void **state)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	static const char *const urls[] = {
	    "file:///etc/passwd",       "ftp://127.0.0.1/", "127.0.0.1", "http://", "http://user:secret@127.0.0.1/",
	    "http://127.0.0.1/\r\nX: y"};
	struct net_exchange *x = NULL;
	struct err err = {0};
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct net_exchange_request q = {.method = "GET", .url = urls[i]};
		assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_INVAL);
		assert_null(strstr(err.msg, "secret"));
	}
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_FREE char *url = url_of("/ok");
	strlist_add(&headers, "X-A: b\r\nAuthorization: secret");
	struct net_exchange_request q = {.method = "GET", .url = url, .headers = &headers};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_INVAL);
	assert_null(strstr(err.msg, "secret"));
	assert_int_equal(test_server_requests(&server), 0);
	assert_null(x);
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
	struct net_exchange_peer peer = defaults;
	peer.unix_socket = a.sun_path;
	struct net_exchange_client *c = net_exchange_client_new(&peer);
	struct net_exchange *x = NULL;
	struct err err = {0};
	struct net_exchange_request q = {.method = "GET", .url = "http://no.such.host.invalid/ok"};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), 0);
		assert_int_equal(net_exchange_status(x), 200);
		net_exchange_close(x);
	}
	assert_int_equal(test_server_conns(&server), 1);
	net_exchange_client_free(c);
	test_server_stop(&server);
	c = net_exchange_client_new(&peer);
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_SYS);
	assert_int_equal(err.sys, ECONNREFUSED);
	assert_non_null(strstr(err.msg, a.sun_path));
	unlink(a.sun_path);
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_NOTFOUND);
	assert_int_equal(err.sys, ENOENT);
	net_exchange_client_free(c);
	char path[200];
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	peer.unix_socket = path;
	c = net_exchange_client_new(&peer);
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_INVAL);
	net_exchange_client_free(c);
	rmdir(dir);
}

/* The other end of a pair of sockets, served as a connection of the server would be. */
static int dialled;
static struct test_conn dial_conn;

static int dial(void *ctx, struct err *err)
{
	int fds[2];
	if (ctx)
		return err_set(err, ERR_DENIED, "test-failure", "ssh: no key is accepted");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	dial_conn = (struct test_conn){.server = &server, .fd = fds[1]};
	assert_int_equal(pthread_create(&dial_conn.thread, NULL, test_serve, &dial_conn), 0);
	dialled++;
	return fds[0];
}

static void a_socket_can_be_dialled(void **state)
{
	struct net_exchange_peer peer = defaults;
	peer.dial = dial;
	struct net_exchange_client *c = net_exchange_client_new(&peer);
	struct net_exchange *x = NULL;
	struct err err = {0};
	struct net_exchange_request q = {.method = "GET", .url = "http://no.such.host.invalid/big"};
	for (int i = 0; i < 3; i++) {
		CLEANUP_BUF struct buf b = {0};
		if (net_exchange_open(c, &q, NULL, &x, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(net_exchange_read_all(x, BIG, &b, &err), 0);
		assert_true(are_bytes(&b, BIG));
		net_exchange_close(x);
	}
	assert_int_equal(dialled, 1);
	assert_int_equal(test_server_conns(&server), 0);
	net_exchange_client_free(c);
	assert_int_equal(pthread_join(dial_conn.thread, NULL), 0); /* our end was closed */
	buf_done(&dial_conn.rest);
	close(dial_conn.fd);
	peer.dial_ctx = &server;
	c = net_exchange_client_new(&peer);
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_DENIED);
	assert_string_equal(err.msg, "ssh: no key is accepted");
	net_exchange_client_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_answer_is_read, start, stop),
	    cmocka_unit_test_setup_teardown(answers, start, stop),
	    cmocka_unit_test_setup_teardown(a_large_body_needs_little_memory, start, stop),
	    cmocka_unit_test_setup_teardown(a_limit_holds, start, stop),
	    cmocka_unit_test_setup_teardown(connections_are_kept, start, stop),
	    cmocka_unit_test_setup_teardown(the_request_is_ours_alone, start, stop),
	    cmocka_unit_test_setup_teardown(a_proxy_of_the_environment, start, stop),
	    cmocka_unit_test_setup_teardown(what_may_not_be_asked, start, stop),
	    cmocka_unit_test(a_unix_socket_is_used),
	    cmocka_unit_test_setup_teardown(a_socket_can_be_dialled, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
