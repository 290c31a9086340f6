#include "unit.h"

#include "base/clock.h"
#include "probe/ready.h"

static void parse_one(const char *text, enum probe_ready_kind kind, uint16_t port, const char *rest)
{
	struct probe_ready_check c;
	struct err err = {0};
	if (probe_ready_parse(text, &c, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	assert_int_equal(c.kind, kind);
	assert_int_equal(c.port, port);
	assert_string_equal(c.rest, rest);
	assert_string_equal(c.text, text);
}

static void forms(void **state)
{
	struct probe_ready_check c;
	parse_one("http:/healthz", PROBE_READY_HTTP, 0, "/healthz");
	parse_one("http:8080/a?b=c:d", PROBE_READY_HTTP, 8080, "/a?b=c:d");
	parse_one("https:8443", PROBE_READY_HTTP, 8443, "/");
	parse_one("tcp:5432", PROBE_READY_TCP, 5432, "");
	parse_one("log:^ready: [0-9]+$", PROBE_READY_LOG, 0, "^ready: [0-9]+$");
	parse_one("log:http://", PROBE_READY_LOG, 0, "http://");
	parse_one("health", PROBE_READY_HEALTH, 0, "");
	parse_one("exec:pg_isready -q", PROBE_READY_EXEC, 0, "pg_isready -q");
	assert_int_equal(probe_ready_parse("https:/", &c, NULL), 0);
	assert_string_equal(c.scheme, "https");
}

static void other_texts(void **state)
{
	static const char *const others[] = {
	    "",           "http",     "http:", "http:8080x", "http:0/",    "http:65536/", "tcp:",   "tcp:0",
	    "tcp:80/",    "tcp:x",    "log:",  "health:",    "exec:",      "HTTP:/x",     "udp:53", "http:-1/",
	    "http:/a\nb", "/healthz", "8080",  "health ",    "http:99999", "tcp: 80"};
	struct probe_ready_check c;
	struct err err = {0};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (probe_ready_parse(others[i], &c, &err) != -ERR_INVAL)
			fail_msg("\"%s\" is taken", others[i]);
	assert_int_equal(probe_ready_parse("http://localhost:80/", &c, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "does not take a URL"));
}

struct container {
	int fails;  /* how many times a command fails */
	int looked; /* how often the ports were looked at */
	enum err_code error;
};

static int exec(void *ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err)
{
	struct container *c = ctx;
	if (c->error)
		return err_set(err, c->error, "test-failure", "no luck");
	*status = c->fails-- > 0 ? 7 : 0;
	return 0;
}

static void look(void *ctx)
{
	((struct container *)ctx)->looked++;
}

static int wait_one(struct container *c, const char *text, uint64_t until, struct exercise_log *log, struct err *err)
{
	struct probe_ready_check check;
	CLEANUP_STRLIST struct strlist test = {0};
	const struct probe_healthcheck_options health = {.test = &test};
	struct probe_ready r = {.checks = &check, .n = 1, .healthcheck = &health};
	struct exercise_target t = {
	    .host = "127.0.0.1", .ready_until = until, .exec = exec, .look = look, .exec_ctx = c};
	struct exercise e;
	strlist_add(&test, "CMD");
	strlist_add(&test, "/check");
	assert_int_equal(probe_ready_parse(text, &check, NULL), 0);
	assert_true(probe_ready_asks(&r));
	probe_ready(&r, &e);
	assert_true(e.is_readiness);
	return e.run(e.ctx, &t, log, err);
}

static void it_tries_until_it_holds(void **state)
{
	static const char *const texts[] = {"exec:true", "health"};
	for (size_t i = 0; i < 2; i++) {
		struct container c = {.fails = 3};
		struct exercise_log log = {0};
		assert_int_equal(wait_one(&c, texts[i], clock_ms() + 60000, &log, NULL), 0);
		assert_int_equal(c.fails, -1);
		assert_int_equal(c.looked, 4);
		assert_int_equal(log.count, 1);
		assert_int_equal(log.steps[0].kind, EXERCISE_READY);
		assert_int_equal(log.steps[0].status, 0);
		assert_string_equal(log.steps[0].what, texts[i]);
		exercise_log_done(&log);
	}
}

static void its_time_is_bounded(void **state)
{
	struct container c = {.fails = 1000000};
	struct exercise_log log = {0};
	struct err err = {0};
	assert_int_equal(wait_one(&c, "exec:true", clock_ms() + 50, &log, &err), -ERR_UNPROVEN);
	assert_non_null(strstr(err.msg, "exec:true did not succeed within"));
	assert_non_null(strstr(err.msg, "exited with status 7"));
	assert_int_equal(log.steps[0].status, -1);
	exercise_log_done(&log);
	assert_int_equal(wait_one(&c, "http:/", 0, &log, &err), -ERR_UNPROVEN);
	assert_non_null(strstr(err.msg, "no port listens"));
	exercise_log_done(&log);
}

static void the_containers_end_ends_it(void **state)
{
	struct container c = {.error = ERR_CANCELLED};
	struct exercise_log log = {0};
	assert_int_equal(wait_one(&c, "exec:true", UINT64_MAX, &log, NULL), -ERR_CANCELLED);
	exercise_log_done(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms),
	    cmocka_unit_test(other_texts),
	    cmocka_unit_test(it_tries_until_it_holds),
	    cmocka_unit_test(its_time_is_bounded),
	    cmocka_unit_test(the_containers_end_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
