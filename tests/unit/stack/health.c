#include "unit.h"

#include "stack/health.h"

/* want: the words of the command. */
static void fill_one(const char *const *image, const struct compose_healthcheck *check, const char *want)
{
	struct oci_image_config config = {0};
	struct stack_health h;
	CLEANUP_BUF struct buf got = {0};
	strlist_add(&config.shell, "/bin/ash");
	strlist_add(&config.shell, "-c");
	for (; *image; image++)
		strlist_add(&config.healthcheck, *image);
	stack_health_fill(check, &config, &h);
	for (size_t i = 0; i < h.argv.count; i++)
		buf_printf(&got, "%s%s", i ? "|" : "", h.argv.items[i]);
	assert_string_equal(got.len ? got.data : "", want);
	assert_true(h.retries > 0 && h.interval > 0);
	stack_health_done(&h);
	strlist_done(&config.shell);
	strlist_done(&config.healthcheck);
}
#define FILL(check, want, ...) fill_one((const char *const[]){__VA_ARGS__ NULL}, check, want)

static void whose_command(void **state)
{
	struct compose_healthcheck own = {0}, times = {.interval = 5}, off = {.disabled = true};
	strlist_add(&own.test, "CMD");
	strlist_add(&own.test, "pg_isready");
	strlist_add(&own.test, "-q");
	FILL(NULL, "", );
	FILL(NULL, "", "NONE", );
	FILL(NULL, "", "CMD", );
	FILL(NULL, "", "OTHER", "x", );
	FILL(NULL, "a|b c", "CMD", "a", "b c", );
	FILL(NULL, "/bin/ash|-c|a b", "CMD-SHELL", "a b", );
	FILL(&times, "a", "CMD", "a", );
	FILL(&own, "pg_isready|-q", "CMD", "a", );
	FILL(&off, "", "CMD", "a", );
	strlist_done(&own.test);
}

/* A container whose checks fail some times. */
struct container {
	unsigned failures, n;
	bool cancelled, unable;
};

static int exec(void *ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err)
{
	struct container *c = ctx;
	if (c->cancelled)
		return err_set(err, ERR_CANCELLED, "cancelled", "over");
	if (c->unable)
		return err_set(err, ERR_SYS, "exec-failed", "no such program");
	*status = c->n++ < c->failures ? 9 : 0;
	assert_null(answer);
	return 0;
}

/* want: what is returned; code: of an error. */
static void await_one(struct container c, int stop, int want, const char *said)
{
	struct stack_health h = {.interval = 1, .retries = 2};
	const struct exercise_target t = {.exec = exec, .exec_ctx = &c};
	struct err err = {0};
	strlist_add(&h.argv, "check");
	assert_int_equal(stack_health_await(&h, &t, stop, &err), want);
	assert_string_equal(err.id, want < 0 ? "compose-service-unhealthy" : "");
	if (said)
		assert_non_null(strstr(err.msg, said));
	stack_health_done(&h);
}

static void until_it_is_healthy(void **state)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	await_one((struct container){0}, -1, 1, NULL);
	await_one((struct container){.failures = 1}, -1, 1, NULL);
	await_one((struct container){.failures = 100}, -1, -ERR_UNPROVEN, "status 9");
	await_one((struct container){.unable = true}, -1, -ERR_UNPROVEN, "no such program");
	await_one((struct container){.cancelled = true}, -1, 0, NULL);
	assert_int_equal(write(ends[1], "x", 1), 1);
	await_one((struct container){.failures = 100}, ends[0], 0, NULL);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whose_command),
	    cmocka_unit_test(until_it_is_healthy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
