#include "unit.h"

#include <sys/wait.h>

#include "base/clock.h"
#include "net/test_server.h"
#include "probe/contact/contact.h"

#define WORK_MS 1500      /* longer than an idle service is waited for */
#define TIMEOUT_MS 300000 /* of a request */
#define PROMPT_MS 100000  /* and much less than that: what is found out without waiting for it */

/* Each service is a process of its own, so that what it does can be told from what the test does. */
static pid_t serve(bool tls, bool (*handle)(struct test_conn *, const char *, const char *), uint16_t *port)
{
	static struct test_server server;
	int fd = test_bind(port, true);
	pid_t pid = fork();
	if (pid == 0) {
		test_server_start_at(&server, fd, tls, handle);
		server.waits = true;
		for (;;)
			pause();
	}
	close(fd);
	assert_true(pid > 0);
	return pid;
}

static int send_get(void *ctx, const char *scheme, const struct net_fetch_watch *watch, struct net_answer *out,
		    struct err *err)
{
	const struct probe_contact *c = ctx;
	const struct net_exchange_peer peer = {.insecure = true, .connect_timeout_ms = TIMEOUT_MS};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(&peer);
	CLEANUP_FREE char *url = mem_printf("%s://127.0.0.1:%u/", scheme, c->port);
	const struct net_fetch_request q = {
	    .method = "GET", .url = url, .timeout_ms = TIMEOUT_MS, .max_body = 100, .watch = watch};
	return net_fetch(client, &q, NULL, out, err);
}

static unsigned slow_calls;

static void on_slow(void *ctx)
{
	slow_calls++;
}

/* "SCHEME STATUS", or the error's id. */
static char *contact(bool tls, bool (*handle)(struct test_conn *, const char *, const char *), uint64_t *ms)
{
	struct exercise_target target = {.host = "127.0.0.1", .host_mount_ns = -1};
	struct probe_contact c = {.target = &target, .host = target.host, .send = send_get, .slow = on_slow, .ctx = &c};
	struct net_answer a = {0};
	struct err err = {0};
	uint64_t began, start = clock_ms();
	slow_calls = 0;
	target.process = serve(tls, handle, &c.port);
	int r = probe_contact_make(&c, &began, &a, &err);
	*ms = clock_ms() - start;
	kill(target.process, SIGKILL);
	waitpid(target.process, NULL, 0);
	assert_int_equal(c.foreign, r < 0);
	char *said = r < 0 ? mem_strdup(err.id) : mem_printf("%s %d", c.scheme, a.status);
	net_answer_done(&a);
	return said;
}

static void becomes(bool tls, bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	uint64_t ms;
	CLEANUP_FREE char *got = contact(tls, handle, &ms);
	assert_string_equal(got, want);
	assert_true(ms < PROMPT_MS);
}

static bool ok(struct test_conn *c)
{
	return test_reply(c, "200 OK", "", "hello", 5);
}

/* ---- other protocols ---- */

static bool silent(struct test_conn *c, const char *method, const char *path)
{
	test_hang(c);
	return false;
}

static bool garbage(struct test_conn *c, const char *method, const char *path)
{
	return !test_send_str(c, "-ERR unknown command\r\n");
}

static bool closing(struct test_conn *c, const char *method, const char *path)
{
	return false;
}

static void other_protocols_are_found_out(void **state)
{
	becomes(false, silent, "http-not-spoken");
	assert_int_equal(slow_calls, 1);
	becomes(false, garbage, "http-not-spoken");
	becomes(false, closing, "http-not-spoken");
}

/* ---- HTTP that takes its time ---- */

static bool is_knock(struct test_conn *c)
{
	return strncmp(c->head, "GET ", 4) != 0;
}

static bool computing(struct test_conn *c, const char *method, const char *path)
{
	if (is_knock(c))
		test_hang(c);
	for (uint64_t until = clock_ms() + WORK_MS; clock_ms() < until;)
		;
	return ok(c);
}

/* It works on nothing, but its parser is there. */
static bool waiting(struct test_conn *c, const char *method, const char *path)
{
	if (is_knock(c))
		return !test_reply(c, "400 Bad Request", "", "", 0);
	assert_int_equal(progress_wait(NULL, WORK_MS, NULL), 0);
	return ok(c);
}

/* It answers the knock as one of HTTP/0.9. */
static bool waiting_page(struct test_conn *c, const char *method, const char *path)
{
	static const char page[] = "<!DOCTYPE HTML>\n<title>Error</title>";
	if (!is_knock(c))
		return waiting(c, method, path);
	(void)!send(c->fd, page, sizeof(page) - 1, MSG_NOSIGNAL);
	return false;
}

static void slow_services_are_waited_for(void **state)
{
	becomes(false, computing, "http 200");
	assert_int_equal(slow_calls, 1);
	becomes(false, waiting, "http 200");
	becomes(false, waiting_page, "http 200");
}

/* One connection after the other: the knocks are not read while it waits. */
static void a_service_for_one_at_a_time(void **state)
{
	struct exercise_target target = {.host = "127.0.0.1", .host_mount_ns = -1};
	struct probe_contact c = {.target = &target, .host = target.host, .send = send_get, .ctx = &c};
	struct net_answer a = {0};
	uint64_t began;
	int fd = test_bind(&c.port, true);
	target.process = fork();
	if (target.process == 0) {
		char request[4096];
		struct test_conn conn = {.fd = accept(fd, NULL, NULL)};
		if (recv(conn.fd, request, sizeof(request), 0) <= 0 || progress_wait(NULL, WORK_MS, NULL) < 0)
			_exit(1);
		(void)!ok(&conn);
		_exit(0);
	}
	close(fd);
	assert_int_equal(probe_contact_make(&c, &began, &a, NULL), 0);
	assert_int_equal(a.status, 200);
	net_answer_done(&a);
	waitpid(target.process, NULL, 0);
}

/* ---- TLS ---- */

static bool secure(struct test_conn *c, const char *method, const char *path)
{
	if (!c->ssl)
		test_hang(c);
	return ok(c);
}

static bool secure_400(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl ? ok(c) : test_reply(c, "400 Bad Request", "", "use https", 9);
}

static bool secure_closing(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl && ok(c);
}

static bool refusing(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "400 Bad Request", "", "no such host", 12);
}

/* A service of one's own making, in a process of its own. */
static char *contact_with(void (*serve_one)(int fd), bool *foreign)
{
	struct exercise_target target = {.host = "127.0.0.1", .host_mount_ns = -1};
	struct probe_contact c = {.target = &target, .host = target.host, .send = send_get, .ctx = &c};
	struct net_answer a = {0};
	struct err err = {0};
	uint64_t began;
	int listener = test_bind(&c.port, true);
	target.process = fork();
	for (int fd; target.process == 0 && (fd = accept(listener, NULL, NULL)) >= 0; close(fd))
		serve_one(fd);
	close(listener);
	int r = probe_contact_make(&c, &began, &a, &err);
	kill(target.process, SIGKILL);
	waitpid(target.process, NULL, 0);
	net_answer_done(&a);
	*foreign = c.foreign;
	return r < 0 ? mem_strdup(err.id) : mem_printf("%s", c.scheme);
}

/* It speaks TLS, but agrees with nobody. */
static void abort_handshake(int fd)
{
	char hello[4096];
	ssize_t n = recv(fd, hello, sizeof(hello), 0);
	if (n > 0 && hello[0] == 0x16)
		(void)!send(fd, "\x15\x03\x03\0\x02\x02\x28", 7, MSG_NOSIGNAL);
}

/* It refuses a plain line at once, and works on a handshake. */
static void abort_handshake_late(int fd)
{
	static const char refusal[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
	char hello[4096];
	ssize_t n = recv(fd, hello, sizeof(hello), 0);
	if (n > 0 && hello[0] != 0x16) {
		(void)!send(fd, refusal, sizeof(refusal) - 1, MSG_NOSIGNAL);
		return;
	}
	for (uint64_t until = clock_ms() + WORK_MS / 2; clock_ms() < until;)
		;
	(void)!send(fd, "\x15\x03\x03\0\x02\x02\x28", 7, MSG_NOSIGNAL);
}

static void say_hello(int fd)
{
	char hello[4096];
	(void)!send(fd, "220 mail.example ESMTP\r\n", 24, MSG_NOSIGNAL);
	(void)!recv(fd, hello, sizeof(hello), 0);
}

static void bad_tls_has_a_name(void **state)
{
	bool foreign;
	CLEANUP_FREE char *tls = contact_with(abort_handshake, &foreign);
	assert_string_equal(tls, "tls-handshake-failed");
	assert_false(foreign);
	CLEANUP_FREE char *slow = contact_with(abort_handshake_late, &foreign);
	assert_string_equal(slow, "tls-handshake-failed");
	CLEANUP_FREE char *smtp = contact_with(say_hello, &foreign);
	assert_string_equal(smtp, "http-not-spoken");
	assert_true(foreign);
}

static void tls_is_told_apart(void **state)
{
	becomes(true, secure, "https 200");
	becomes(true, secure_400, "https 200");
	becomes(true, secure_closing, "https 200");
	becomes(false, refusing, "http 400");
}

/* ---- not yet ---- */

static bool busy(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "503 Not Yet", "", "", 0);
}

static void who_is_never_up_is_left(void **state)
{
	uint64_t ms;
	CLEANUP_FREE char *got = contact(false, busy, &ms);
	assert_string_equal(got, "http 503");
	assert_true(ms >= 1000); /* as long as a service may do nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(other_protocols_are_found_out), cmocka_unit_test(slow_services_are_waited_for),
	    cmocka_unit_test(a_service_for_one_at_a_time),   cmocka_unit_test(tls_is_told_apart),
	    cmocka_unit_test(who_is_never_up_is_left),       cmocka_unit_test(bad_tls_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
