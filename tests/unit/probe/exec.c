#include "unit.h"

#include <unistd.h>

#include "probe/probe.h"

/* The container: ends each command as the script says, and notes what it was asked for. */
static struct {
	const int *results; /* exit code, or a negative error code */
	size_t n_calls;
	char *argv; /* of the last call, joined with "|" */
	int cancel[2];
} container;

static int fake_exec(void *ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err)
{
	assert_ptr_equal(ctx, &container);
	free(container.argv);
	container.argv = mem_strdup(argv[0]);
	for (int i = 1; argv[i]; i++) {
		char *more = mem_printf("%s|%s", container.argv, argv[i]);
		free(container.argv);
		container.argv = more;
	}
	int r = container.results[container.n_calls++];
	if (r < 0)
		return err_set(err, (enum err_code) - r, "test-failure", "it does not start");
	*status = r;
	return 0;
}

/* What to run is in e; the steps are compared as lines "kind what status error". */
static void run_one(const struct exercise *e, const int *results, int want, const char *want_argv, size_t want_calls,
		    const char *want_steps, const char *want_error)
{
	container.results = results;
	container.n_calls = 0;
	free(container.argv);
	container.argv = NULL;
	struct progress progress = {.cancel_fd = container.cancel[0]};
	struct exercise_target t = {
	    .host = "127.0.0.1", .host_mount_ns = -1, .progress = &progress, .exec = fake_exec, .exec_ctx = &container};
	struct exercise_log log = {0};
	struct err err = {0};
	CLEANUP_FREE char *got = mem_strdup("");
	assert_int_equal(e->run(e->ctx, &t, &log, &err), want);
	for (size_t i = 0; i < log.count; i++) {
		const struct exercise_step *s = &log.steps[i];
		assert_int_equal(s->port, 0);
		char *more = mem_printf("%s%s %s %d %s\n", got, exercise_kind_name(s->kind), s->what, s->status,
					s->error ? s->error : "-");
		free(got);
		got = more;
	}
	exercise_log_done(&log);
	assert_string_equal(got, want_steps);
	assert_int_equal(container.n_calls, want_calls);
	assert_string_equal(container.argv ? container.argv : "", want_argv);
	assert_string_equal(err.msg, want_error);
	free(steal_ptr(&container.argv));
}

static void exec_one(const char *command, int result, int want, const char *want_argv, const char *want_steps,
		     const char *want_error)
{
	struct exercise e;
	probe_exec(command, &e);
	run_one(&e, &result, want, want_argv, want_argv[0] ? 1 : 0, want_steps, want_error);
}

static void exec_commands(void **state)
{
	exec_one("a | b", 0, 0, "/bin/sh|-c|a | b", "exec a | b 0 -\n", "");
	exec_one("[\"a\",\"b c\"]", 0, 0, "a|b c", "exec [\"a\",\"b c\"] 0 -\n", "");
	exec_one("a", 3, -ERR_UNPROVEN, "/bin/sh|-c|a", "exec a 3 -\n", "`a` exited with status 3");
	exec_one("a", -ERR_NOTFOUND, -ERR_NOTFOUND, "/bin/sh|-c|a", "exec a -1 it does not start\n",
		 "`a`: it does not start");
	exec_one("", 0, -ERR_INVAL, "", "exec  -1 the command is empty\n", "``: the command is empty");
}

static void health_one(char *const *test, const int *results, int want, const char *want_argv, size_t want_calls,
		       const char *want_steps)
{
	CLEANUP_STRLIST struct strlist list = {0}, shell = {0};
	for (; *test; test++)
		strlist_add(&list, *test);
	strlist_add(&shell, "/bin/ash");
	strlist_add(&shell, "-ec");
	struct probe_healthcheck_options o = {.test = &list, .shell = &shell};
	struct exercise e;
	probe_healthcheck(&o, &e);
	run_one(&e, results, want, want_argv, want_calls, want_steps, want < 0 ? "stopped on request" : "");
}

#define TEST(...) ((char *[]){__VA_ARGS__, NULL})
#define RESULTS(...) ((const int[]){__VA_ARGS__})

static void healthchecks(void **state)
{
	health_one((char *[]){NULL}, RESULTS(0), 0, "", 0, "");
	health_one(TEST((char *)"NONE"), RESULTS(0), 0, "", 0, "");
	health_one(TEST((char *)"CMD"), RESULTS(0), 0, "", 0, "");
	health_one(TEST((char *)"WHAT", (char *)"x"), RESULTS(0), 0, "", 0, "");
	health_one(TEST((char *)"CMD", (char *)"curl", (char *)"-f x"), RESULTS(0), 0, "curl|-f x", 1,
		   "healthcheck curl -f x 0 -\n");
	health_one(TEST((char *)"CMD-SHELL", (char *)"a || exit 1"), RESULTS(0), 0, "/bin/ash|-ec|a || exit 1", 1,
		   "healthcheck a || exit 1 0 -\n");
	health_one(TEST((char *)"CMD", (char *)"a"), RESULTS(1, 0), 0, "a", 2, "healthcheck a 0 -\n");
	health_one(TEST((char *)"CMD", (char *)"a"), RESULTS(-ERR_NOTFOUND, 2, 2, 2, 2, 2, 1), 0, "a", 7,
		   "healthcheck a 1 -\n");
}

static void a_stopped_healthcheck_does_not_wait(void **state)
{
	assert_int_equal(write(container.cancel[1], "x", 1), 1);
	health_one(TEST((char *)"CMD", (char *)"a"), RESULTS(1, 1, 1), -ERR_CANCELLED, "a", 1, "healthcheck a 1 -\n");
	exec_one("a", 0, -ERR_CANCELLED, "", "exec a -1 stopped on request\n", "`a`: stopped on request");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exec_commands), cmocka_unit_test(healthchecks),
	    cmocka_unit_test(a_stopped_healthcheck_does_not_wait), /* the last: the pipe stays readable */
	};
	if (pipe(container.cancel) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
