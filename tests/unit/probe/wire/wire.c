#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "net/test_server.h"
#include "os/fd.h"
#include "probe/wire/wire.h"

static int ends[2];

static void open_pair(struct probe_wire *w, unsigned timeout_ms, const struct progress *progress)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	probe_wire_of_fd(w, ends[0], timeout_ms, progress);
}

static void say(const char *text)
{
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
}

static void close_pair(struct probe_wire *w)
{
	probe_wire_done(w);
	if (ends[1] >= 0)
		close(ends[1]);
	ends[1] = -1;
}

static void lines_and_bytes(void **state)
{
	struct probe_wire w;
	CLEANUP_BUF struct buf line = {0};
	size_t n;
	open_pair(&w, 60000, NULL);
	say("one\r\ntwo\n\r\nab--cd");
	assert_int_equal(probe_wire_line(&w, &line, "a line", NULL), 0);
	assert_string_equal(line.data, "one");
	assert_int_equal(probe_wire_line(&w, &line, "a line", NULL), 0);
	assert_string_equal(line.data, "two");
	assert_int_equal(probe_wire_line(&w, &line, "a line", NULL), 0);
	assert_int_equal(line.len, 0);
	assert_int_equal(probe_wire_find(&w, "--", 2, &n, "a mark", NULL), 0);
	assert_int_equal(n, 2);
	assert_int_equal(probe_wire_need(&w, 6, "six bytes", NULL), 0);
	assert_memory_equal(probe_wire_data(&w), "ab--cd", 6);
	assert_int_equal(probe_wire_send(&w, "hello", 5, "a greeting", NULL), 0);
	close_pair(&w);
}

static void ends_are_errors(void **state)
{
	struct probe_wire w;
	struct err err = {0};
	open_pair(&w, 60000, NULL);
	say("abc");
	close(ends[1]);
	ends[1] = -1;
	assert_int_equal(probe_wire_need(&w, 4, "four bytes", &err), -ERR_PROTO);
	assert_string_equal(err.id, "wire-ended");
	assert_non_null(strstr(err.msg, "in the middle of four bytes"));
	assert_int_equal(probe_wire_size(&w), 3);
	assert_int_equal(probe_wire_need(&w, (1u << 20) + 1, "much", &err), -ERR_LIMIT);
	assert_int_equal(probe_wire_rest(&w, 3, "the rest", &err), 0);
	assert_int_equal(probe_wire_rest(&w, 2, "the rest", &err), -ERR_LIMIT);
	close_pair(&w);
}

static void time_is_bounded(void **state)
{
	struct probe_wire w;
	struct err err = {0};
	open_pair(&w, 20, NULL);
	say("a");
	assert_int_equal(probe_wire_need(&w, 2, "two bytes", &err), -ERR_TIMEOUT);
	assert_string_equal(err.msg, "two bytes did not arrive in time");
	static char much[4 << 20];
	assert_int_equal(probe_wire_send(&w, much, sizeof(much), "much", &err), -ERR_TIMEOUT);
	close_pair(&w);
}

static void a_request_to_stop_ends_it(void **state)
{
	int cancel[2];
	struct probe_wire w;
	assert_int_equal(pipe(cancel), 0);
	const struct progress progress = {.cancel_fd = cancel[0]};
	open_pair(&w, 3600000, &progress);
	assert_int_equal(write(cancel[1], "x", 1), 1);
	assert_int_equal(probe_wire_need(&w, 1, "a byte", NULL), -ERR_CANCELLED);
	close_pair(&w);
	close(cancel[0]);
	close(cancel[1]);
}

/* A peer that never ends. */
static void *flood(void *arg)
{
	static const char much[1 << 16];
	while (send(ends[1], much, sizeof(much), MSG_NOSIGNAL) > 0)
		;
	return NULL;
}

static void a_flood_is_bounded(void **state)
{
	struct probe_wire w;
	struct err err = {0};
	pthread_t thread;
	size_t n;
	open_pair(&w, 60000, NULL);
	assert_int_equal(pthread_create(&thread, NULL, flood, NULL), 0);
	assert_int_equal(probe_wire_find(&w, "x", 1, &n, "a mark", &err), -ERR_LIMIT);
	assert_string_equal(err.id, "wire-message-too-large");
	while (err.code == ERR_LIMIT && strcmp(err.id, "wire-too-much") != 0) {
		probe_wire_take(&w, probe_wire_size(&w));
		(void)!probe_wire_more(&w, "the end", &err);
	}
	assert_string_equal(err.id, "wire-too-much");
	close(w.fd);
	w.fd = -1;
	pthread_join(thread, NULL);
	close_pair(&w);
}

static bool hello(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "200 OK", "", c->ssl ? "tls" : "plain", c->ssl ? 3 : 5);
}

static void tls(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct test_server server;
	struct probe_wire w;
	struct err err = {0};
	size_t n;
	test_server_start(&server, true, hello);
	assert_int_equal(probe_wire_open_tcp(&w, "127.0.0.1", server.port, 60000, NULL, NULL), 0);
	assert_int_equal(probe_wire_begin_tls(&w, "localhost", NULL), 0);
	assert_int_equal(probe_wire_send(&w, request, strlen(request), "a request", NULL), 0);
	assert_int_equal(probe_wire_find(&w, "\r\n\r\ntls", 7, &n, "the answer", NULL), 0);
	probe_wire_done(&w);
	test_server_stop(&server);
	open_pair(&w, 60000, NULL);
	say("HTTP/1.1 400 Bad Request\r\n\r\n");
	assert_int_equal(probe_wire_begin_tls(&w, NULL, &err), -ERR_PROTO);
	assert_string_equal(err.id, "wire-tls-failed");
	close_pair(&w);
	open_pair(&w, 60000, NULL);
	shutdown(ends[1], SHUT_WR);
	assert_int_equal(probe_wire_begin_tls(&w, NULL, &err), -ERR_PROTO);
	close_pair(&w);
}

static void nobody_listens(void **state)
{
	uint16_t port;
	struct probe_wire w;
	struct err err = {0};
	int fd = test_bind(&port, false);
	assert_int_equal(probe_wire_open_tcp(&w, "127.0.0.1", port, 60000, NULL, &err), -ERR_SYS);
	assert_int_equal(err.sys, ECONNREFUSED);
	probe_wire_done(&w);
	assert_int_equal(probe_wire_open_tcp(&w, "localhost", port, 60000, NULL, &err), -ERR_INVAL);
	probe_wire_done(&w);
	close(fd);
}

/* A socket below a root, named through links that would lead out of it. */
static void unix_sockets_stay_in_their_root(void **state)
{
	char dir[] = "/tmp/slim-wire-XXXXXX";
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct probe_wire w;
	struct err err = {0};
	assert_non_null(mkdtemp(dir));
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/s", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(symlinkat("/s", root, "link"), 0);
	assert_int_equal(symlinkat("/etc/passwd", root, "out"), 0);
	close(openat(root, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(probe_wire_open_unix(&w, root, "/link", 60000, NULL, NULL), 0);
	probe_wire_done(&w);
	assert_int_equal(probe_wire_open_unix(&w, root, "/out", 60000, NULL, &err), -ERR_NOTFOUND);
	probe_wire_done(&w);
	assert_int_equal(probe_wire_open_unix(&w, root, "/file", 60000, NULL, &err), -ERR_PROTO);
	assert_string_equal(err.id, "wire-not-a-socket");
	probe_wire_done(&w);
	close(fd);
	close(root);
	fd_remove_tree(AT_FDCWD, dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_and_bytes),    cmocka_unit_test(ends_are_errors),
	    cmocka_unit_test(time_is_bounded),    cmocka_unit_test(a_request_to_stop_ends_it),
	    cmocka_unit_test(a_flood_is_bounded), cmocka_unit_test(tls),
	    cmocka_unit_test(nobody_listens),     cmocka_unit_test(unix_sockets_stay_in_their_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
