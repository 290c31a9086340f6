#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/driver.h"

static int two_steps(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	for (size_t i = 0; i < t->n_ports; i++) {
		struct exercise_step s = {.kind = EXERCISE_HTTP, .what = mem_strdup(ctx), .port = t->ports[i].number};
		exercise_log_add(log, &s);
	}
	return 0;
}

static int fails(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	return err_set(err, ERR_SYS, "test-failure", "no luck");
}

/* Runs a command in the container and reports what came of it. */
static int execs(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	char word[] = "true", *argv[] = {word, NULL};
	int status = 77;
	int r = t->exec(t->exec_ctx, argv, &status, NULL, err);
	struct exercise_step s = {.kind = EXERCISE_EXEC, .what = mem_strdup("true"), .status = status};
	exercise_log_add(log, &s);
	return r;
}

static int waits_for_cancel(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	struct pollfd p = {.fd = t->progress->cancel_fd, .events = POLLIN};
	if (poll(&p, 1, 60000) != 1)
		return err_set(err, ERR_TIMEOUT, "test-failure", "never cancelled");
	return err_set(err, ERR_CANCELLED, "test-failure", "stopped");
}

static struct run_driver *start(const struct exercise *e, size_t n)
{
	static const struct oci_port ports[] = {{80, false}, {443, false}};
	const struct run_driver_work o = {
	    .exercises = e, .n_exercises = n, .host_mount_ns = -1, .network_ns = -1, .init_fd = -1};
	struct run_driver *d = NULL;
	assert_int_equal(run_driver_start(&o, ports, 2, &d, NULL), 0);
	return d;
}

static void wait_for(struct run_driver *d)
{
	struct pollfd p = {.fd = run_driver_fd(d), .events = POLLIN};
	assert_int_equal(poll(&p, 1, 60000), 1);
}

static void exercises_run_in_order(void **state)
{
	const struct exercise e[] = {{"a", two_steps, (void *)"first"}, {"b", two_steps, (void *)"second"}};
	CLEANUP_RUN_DRIVER struct run_driver *d = start(e, 2);
	wait_for(d);
	assert_true(run_driver_done(d));
	struct exercise_log log;
	struct err err = {0};
	assert_int_equal(run_driver_join(d, &log, &err), 0);
	assert_int_equal(log.count, 4);
	assert_string_equal(log.steps[0].what, "first");
	assert_int_equal(log.steps[1].port, 443);
	assert_string_equal(log.steps[3].what, "second");
	exercise_log_done(&log);
}

static void failure_names_the_exercise_and_ends_the_rest(void **state)
{
	const struct exercise e[] = {{"bad", fails, NULL}, {"b", two_steps, (void *)"never"}};
	CLEANUP_RUN_DRIVER struct run_driver *d = start(e, 2);
	wait_for(d);
	struct exercise_log log;
	struct err err = {0};
	assert_int_equal(run_driver_join(d, &log, &err), -ERR_SYS);
	assert_string_equal(err.msg, "bad: no luck");
	assert_int_equal(log.count, 0);
}

static void exec_is_served_by_the_loop(void **state)
{
	const struct exercise e[] = {{"x", execs, NULL}};
	CLEANUP_RUN_DRIVER struct run_driver *d = start(e, 1);
	wait_for(d);
	assert_false(run_driver_done(d));
	char *const *argv = run_driver_exec_request(d);
	assert_non_null(argv);
	assert_string_equal(argv[0], "true");
	assert_null(run_driver_exec_request(d));
	run_driver_exec_answer(d, 3, NULL, NULL);
	struct exercise_log log;
	assert_int_equal(run_driver_join(d, &log, NULL), 0);
	assert_int_equal(log.steps[0].status, 3);
	exercise_log_done(&log);
}

static void stop_ends_a_waiting_exec(void **state)
{
	const struct exercise e[] = {{"x", execs, NULL}};
	struct run_driver *d = start(e, 1);
	wait_for(d);
	assert_non_null(run_driver_exec_request(d));
	run_driver_stop(d);
	struct exercise_log log;
	struct err err = {0};
	assert_int_equal(run_driver_join(d, &log, &err), -ERR_CANCELLED);
	exercise_log_done(&log);
	run_driver_free(d);
}

static void stop_cancels(void **state)
{
	const struct exercise e[] = {{"w", waits_for_cancel, NULL}};
	struct run_driver *d = start(e, 1);
	run_driver_stop(d);
	struct exercise_log log;
	assert_int_equal(run_driver_join(d, &log, NULL), -ERR_CANCELLED);
	run_driver_free(d);
	run_driver_free(start(e, 1)); /* stops by itself */
}

static int is_told_of_a_port(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	struct pollfd p = {.fd = *(int *)ctx, .events = POLLIN};
	if (poll(&p, 1, 60000) != 1)
		return err_set(err, ERR_TIMEOUT, "test-failure", "never told");
	t->look(t->exec_ctx);
	return two_steps((void *)"told", t, log, err);
}

static void ports_change(void **state)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	const struct exercise e[] = {{"a", is_told_of_a_port, &fd}, {"b", two_steps, (void *)"then"}};
	CLEANUP_RUN_DRIVER struct run_driver *d = start(e, 2);
	const struct oci_port port = {8080, false};
	run_driver_ports(d, &port, 1);
	eventfd_write(fd, 1);
	struct exercise_log log;
	assert_int_equal(run_driver_join(d, &log, NULL), 0);
	assert_int_equal(log.count, 2);
	assert_int_equal(log.steps[0].port, 8080);
	assert_int_equal(log.steps[1].port, 8080);
	exercise_log_done(&log);
	close(fd);
}

static void readiness_is_the_end_of_its_exercise(void **state)
{
	const struct exercise never[] = {{"r", fails, NULL, .is_readiness = true}}, at_once[] = {{"a", fails, NULL}},
			      then[] = {{"r", two_steps, (void *)"r", .is_readiness = true}, {"a", fails, NULL}};
	const struct exercise *const cases[] = {never, at_once, then};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_RUN_DRIVER struct run_driver *d = start(cases[i], i == 2 ? 2 : 1);
		struct exercise_log log;
		assert_int_equal(run_driver_join(d, &log, NULL), -ERR_SYS);
		assert_int_equal(run_driver_ready_at(d) != 0, i != 0);
		exercise_log_done(&log);
	}
}

/* Sends a signal to the process whose pidfd the driver has. */
static int signals(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	return t->signal(t->exec_ctx, SIGUSR1, err);
}

static void a_signal_reaches_the_first_process(void **state)
{
	const struct exercise e = {"s", signals, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		for (;;)
			pause();
	}
	CLEANUP_FD int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	const struct run_driver_work o = {
	    .exercises = &e, .n_exercises = 1, .host_mount_ns = -1, .network_ns = -1, .init = pid, .init_fd = fd};
	struct exercise_log log;
	int status;
	for (int i = 0; i < 2; i++) { /* the second time nobody is there */
		CLEANUP_RUN_DRIVER struct run_driver *d = NULL;
		assert_int_equal(run_driver_start(&o, NULL, 0, &d, NULL), 0);
		if (i)
			run_driver_stop(d);
		assert_int_equal(run_driver_join(d, &log, NULL), i ? -ERR_CANCELLED : 0);
		exercise_log_done(&log);
		if (i == 0)
			assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_int_equal(WTERMSIG(status), SIGUSR1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exercises_run_in_order),
	    cmocka_unit_test(failure_names_the_exercise_and_ends_the_rest),
	    cmocka_unit_test(exec_is_served_by_the_loop),
	    cmocka_unit_test(stop_ends_a_waiting_exec),
	    cmocka_unit_test(stop_cancels),
	    cmocka_unit_test(ports_change),
	    cmocka_unit_test(readiness_is_the_end_of_its_exercise),
	    cmocka_unit_test(a_signal_reaches_the_first_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
