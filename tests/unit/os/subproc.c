#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "os/subproc.h"

#define ARGV(...) ((char *const *)(const char *const[]){__VA_ARGS__, NULL})

static void nothing(int sig)
{
}

static void run(struct subproc_command *cmd, int want)
{
	CLEANUP_SUBPROC struct subproc p = {0};
	struct err err = {0};
	int status = -1;
	cmd->dir_fd = AT_FDCWD;
	cmd->in = cmd->out = cmd->err = -1;
	if (subproc_start(cmd, &p, &err) < 0 || subproc_wait(&p, 10000, NULL, &status, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(status, want);
}

static void a_program(void **state)
{
	struct subproc p = {0};
	struct err err = {0};
	run(&(struct subproc_command){.argv = ARGV("sh", "-c", "exit 7")}, 7);
	run(&(struct subproc_command){.argv = ARGV("sh", "-c", "exit 7"), .new_session = true}, 7);
	assert_int_equal(subproc_start(&(struct subproc_command){.argv = ARGV("/none"), .dir_fd = AT_FDCWD}, &p, &err),
			 -ERR_NOTFOUND);
	assert_string_equal(err.msg, "cannot start /none: No such file or directory");
}

/* A traced process stops for a signal until its tracer lets it go on, who waits for its exec here. */
static int trace_and_signal(void *ctx, pid_t pid, struct err *err)
{
	assert_int_equal(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
	assert_int_equal(kill(0, SIGUSR1), 0);
	return 0;
}

static void a_signal_of_the_group_meanwhile(void **state)
{
	(void)setpgid(0, 0); /* nobody else shall get it */
	signal(SIGUSR1, nothing);
	alarm(60); /* ends a hang */
	run(&(struct subproc_command){.argv = ARGV("true"), .attach = trace_and_signal}, 0);
	run(&(struct subproc_command){.argv = ARGV("true"), .attach = trace_and_signal, .new_session = true}, 0);
	alarm(0);
}

static int refuse(void *ctx, pid_t pid, struct err *err)
{
	return err_set(err, ERR_DENIED, "test", "not this one");
}

static void an_attach_that_fails(void **state)
{
	struct subproc p = {0};
	struct err err = {0};
	struct subproc_command cmd = {.argv = ARGV("true"), .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = -1};
	cmd.attach = refuse;
	assert_int_equal(subproc_start(&cmd, &p, &err), -ERR_DENIED);
	assert_string_equal(err.msg, "not this one");
}

static void signals_of_the_caller(void **state)
{
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGUSR1, SIG_IGN);
	run(&(struct subproc_command){.argv = ARGV("sh", "-c", "kill -USR1 $$; exit 7")},
	    128 + SIGUSR1); /* neither blocked nor ignored */
	sigprocmask(SIG_SETMASK, NULL, &set);
	assert_true(sigismember(&set, SIGUSR1));
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_program),
	    cmocka_unit_test(a_signal_of_the_group_meanwhile),
	    cmocka_unit_test(an_attach_that_fails),
	    cmocka_unit_test(signals_of_the_caller),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
