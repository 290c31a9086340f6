#include "unit.h"

#include <fcntl.h>

#include "base/clock.h"
#include "probe/http/site.h"

static int cancel_pipe[2] = {-1, -1};
static int closed_first; /* connections that are closed or reset before one is served */

static bool secure(struct test_conn *c, const char *method, const char *path)
{
	if (!c->ssl)
		return test_reply(c, "400 Bad Request", "", "use https", 9);
	CLEANUP_FREE char *page =
	    mem_printf("<a href=https://127.0.0.1:%u/tls><a href=http://127.0.0.1:%u/plain>", server.port, server.port);
	return strcmp(path, "/") == 0 ? reply_html(c, page) : reply_html(c, "tls");
}

static bool secure_that_closes(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl && secure(c, method, path);
}

static bool secure_with_alert(struct test_conn *c, const char *method, const char *path)
{
	return c->ssl ? secure(c, method, path) : !test_send(c, "\x15\x03\x01\0\x02\x02\x46", 7);
}

static void tls_is_found_out(void **state)
{
	static bool (*const kinds[])(struct test_conn *, const char *, const char *) = {secure, secure_that_closes,
											secure_with_alert};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_FREE char *got = NULL;
		test_server_start(&server, true, kinds[i]);
		assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
		test_server_stop(&server);
		assert_int_equal(strncmp(got, "GET / 200 ", 10), 0);
		assert_non_null(strstr(got, "\nGET /tls 200 3\n"));
		assert_null(strstr(got, "plain"));
	}
}

static bool bad_request(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "400 Bad Request", "", "no such host", 12);
}

static bool redis(struct test_conn *c, const char *method, const char *path)
{
	return !test_send_str(c, "-ERR wrong number of arguments for 'get' command\r\n");
}

static void a_400_is_an_answer(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, bad_request);
	server.waits = true;
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	steps_are(got, "GET / 400 12\n");
}

static void other_protocols_are_a_step(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, redis);
	CLEANUP_FREE char *want = mem_printf("GET / -1 port %u does not speak HTTP\n", server.port);
	assert_int_equal(probe(&defaults, &server.port, 1, NULL, &got), 0);
	test_server_stop(&server);
	steps_are(got, want);
}

static bool late(struct test_conn *c, const char *method, const char *path)
{
	if (closed_first-- <= 0)
		return reply_html(c, "here");
	if (closed_first % 2)
		test_reset(c);
	return false;
}

static void workers_may_come_later(void **state)
{
	closed_first = 3; /* the server sees no request in the attempt at TLS */
	site_one(&defaults, false, late, "GET / 200 4\n");
}

static int busy; /* answers that say "not yet" before the page is there */

static bool starting(struct test_conn *c, const char *method, const char *path)
{
	if (busy-- > 0)
		return test_reply(c, "503 Starting", "", "not yet", 7);
	return reply_html(c, "<a href=/a>up</a>");
}

static void a_service_that_is_starting_is_asked_again(void **state)
{
	busy = 2;
	site_one(&defaults, false, starting, "GET / 200 17\nGET /a 200 17\n");
}

static void a_refused_port_is_a_step(void **state)
{
	uint16_t ports[2];
	CLEANUP_FREE char *got = NULL;
	int fd = test_bind(&ports[0], false);
	test_server_start(&server, false, bad_request);
	ports[1] = server.port;
	assert_int_equal(probe(&defaults, ports, 2, NULL, &got), 0);
	test_server_stop(&server);
	close(fd);
	steps_are(got, "GET / -1 cannot connect: Connection refused\nGET / 400 12\n");
}

static struct test_server second;

/* Answers once the other port was asked. */
static bool after_the_other(struct test_conn *c, const char *method, const char *path)
{
	uint64_t until = clock_ms() + defaults.timeout_ms / 2;
	while (!test_server_requests(&second) && clock_ms() < until)
		assert_int_equal(progress_wait(NULL, 10, NULL), 0);
	return test_server_requests(&second) && test_reply(c, "200 OK", "", "slow", 4);
}

static bool prompt(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "200 OK", "", "prompt", 6);
}

static void a_slow_port_does_not_hold_up_the_others(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, after_the_other);
	test_server_start(&second, false, prompt);
	const uint16_t ports[] = {server.port, second.port};
	assert_int_equal(probe(&defaults, ports, 2, NULL, &got), 0);
	test_server_stop(&server);
	test_server_stop(&second);
	steps_are(got, "GET / 200 6\nGET / 200 4\n");
}

/* The first look finds the second port, the second look nothing. */
static void look_at_both(void *target)
{
	static struct oci_port ports[2];
	struct exercise_target *t = target;
	ports[0] = (struct oci_port){.number = server.port};
	ports[1] = (struct oci_port){.number = second.port};
	t->ports = ports;
	t->n_ports = 2;
}

static void ports_that_come_meanwhile(void **state)
{
	const struct probe_http_options o = {.max_pages = 1, .timeout_ms = 60000};
	struct exercise exercise;
	struct exercise_log log = {0};
	test_server_start(&server, false, prompt);
	test_server_start(&second, false, prompt);
	const struct oci_port first = {.number = server.port};
	struct exercise_target t = {
	    .host = "127.0.0.1", .ports = &first, .n_ports = 1, .host_mount_ns = -1, .look = look_at_both};
	t.exec_ctx = &t;
	probe_http(&o, &exercise);
	int r = exercise.run(exercise.ctx, &t, &log, NULL);
	test_server_stop(&server);
	test_server_stop(&second);
	assert_int_equal(r, 0);
	assert_int_equal(log.count, 2);
	assert_int_equal(log.steps[1].port, second.port);
	exercise_log_done(&log);
}

static void no_port_is_no_step(void **state)
{
	CLEANUP_FREE char *got = NULL;
	assert_int_equal(probe(&defaults, NULL, 0, NULL, &got), 0);
	assert_string_equal(got, "");
}

static bool slow(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=1><a href=2><a href=3><a href=4>");
	test_hang(c);
	return false;
}

static void a_port_that_only_times_out_is_left(void **state)
{
	CLEANUP_FREE char *got = NULL;
	test_server_start(&server, false, slow);
	CLEANUP_FREE char *want = mem_printf("GET / 200 40\n"
					     "GET /1 -1 no answer within 0.5 s\n"
					     "GET /2 -1 no answer within 0.5 s\n"
					     "GET /3 -1 the crawl of port %u ends here: no answer within 0.5 s\n",
					     server.port);
	struct probe_http_options o = defaults;
	o.timeout_ms = 500;
	int r = probe(&o, &server.port, 1, NULL, &got);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	steps_are(got, want);
}

/* The container ends, or the user stops, while a request is under way, or between two tries. */
static bool cancelling(struct test_conn *c, const char *method, const char *path)
{
	if (strcmp(path, "/") == 0)
		return reply_html(c, "<a href=/last><a href=/never>");
	if (strcmp(path, "/last") != 0)
		return test_reply(c, "404 Not Found", "", "", 0);
	(void)!write(cancel_pipe[1], "x", 1);
	test_hang(c);
	return false;
}

static bool cancelling_close(struct test_conn *c, const char *method, const char *path)
{
	(void)!write(cancel_pipe[1], "x", 1);
	return false;
}

static void cancel_one(bool (*handle)(struct test_conn *, const char *, const char *), const char *want)
{
	CLEANUP_FREE char *got = NULL;
	assert_int_equal(pipe2(cancel_pipe, O_CLOEXEC), 0);
	struct progress p = {.cancel_fd = cancel_pipe[0]};
	test_server_start(&server, false, handle);
	/* no answer ever comes: only the cancelling ends it */
	struct probe_http_options o = defaults;
	o.timeout_ms = 3600000;
	int r = probe(&o, &server.port, 1, &p, &got);
	test_server_stop(&server);
	close(cancel_pipe[0]);
	close(cancel_pipe[1]);
	assert_int_equal(r, -ERR_CANCELLED);
	steps_are(got, want);
}

static void cancel(void **state)
{
	cancel_one(cancelling, "GET / 200 29\nGET /last -1 stopped on request\n");
	cancel_one(cancelling_close, "GET / -1 stopped on request\n");
}

static void ports_of_something_else(void **state)
{
	struct probe_http_options o = defaults;
	o.others = &server.port;
	o.n_others = 1;
	site_one(&o, false, site, "");
}

static void ports_that_are_named(void **state)
{
	struct probe_http_options o = {.max_pages = 1, .timeout_ms = 60000, .n_ports = 1};
	test_server_start(&server, false, site);
	o.ports = mem_dup(&server.port, sizeof(server.port));
	/* the target does not know of it */
	struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1};
	struct exercise_log log = {0};
	struct exercise e;
	struct err err = {0};
	probe_http(&o, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, &err), 0);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].port, server.port);
	exercise_log_done(&log);
	test_server_stop(&server);
	/* nobody listens any more: that is a step, too */
	assert_int_equal(e.run(e.ctx, &t, &log, &err), 0);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].status, -1);
	exercise_log_done(&log);
	probe_http_options_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tls_is_found_out),
	    cmocka_unit_test(a_400_is_an_answer),
	    cmocka_unit_test(other_protocols_are_a_step),
	    cmocka_unit_test(workers_may_come_later),
	    cmocka_unit_test(a_service_that_is_starting_is_asked_again),
	    cmocka_unit_test(a_refused_port_is_a_step),
	    cmocka_unit_test(a_slow_port_does_not_hold_up_the_others),
	    cmocka_unit_test(ports_that_come_meanwhile),
	    cmocka_unit_test(no_port_is_no_step),
	    cmocka_unit_test(a_port_that_only_times_out_is_left),
	    cmocka_unit_test(ports_that_are_named),
	    cmocka_unit_test(ports_of_something_else),
	    cmocka_unit_test(cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
