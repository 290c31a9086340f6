#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"
#include "probe/probe.h"

static char dir[] = "/tmp/slim-host-exec-XXXXXX";

static int make_dir(void **state)
{
	return mkdtemp(dir) ? setenv("TEST_DIR", dir, 1) : -1;
}

static int remove_dir(void **state)
{
	return fd_remove_tree(AT_FDCWD, dir, NULL);
}

static int run(const char *command, const struct progress *progress, struct exercise_log *log, struct err *err)
{
	static const struct oci_port ports[] = {{.number = 80}, {.number = 8443}};
	struct exercise_target t = {
	    .host = "127.0.0.1", .ports = ports, .n_ports = 2, .host_mount_ns = -1, .progress = progress};
	struct exercise e;
	probe_host_exec(command, &e);
	return e.run(e.ctx, &t, log, err);
}

static char *content(const char *name)
{
	struct buf b = {0};
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	if (fd_read_file(AT_FDCWD, path, 4096, &b, NULL) < 0)
		return mem_strdup("no file");
	return buf_steal(&b);
}

static void environment(void **state)
{
	struct exercise_log log = {0};
	struct err err = {0};
	setenv("SLIM_TARGET_PORTS", "1", 1); /* ours must not win */
	assert_int_equal(
	    run("echo \"$SLIM_TARGET_HOST $SLIM_TARGET_PORTS $TEST_DIR\" > $TEST_DIR/env", NULL, &log, &err), 0);
	unsetenv("SLIM_TARGET_PORTS");
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].kind, EXERCISE_HOST_EXEC);
	assert_int_equal(log.steps[0].status, 0);
	assert_null(log.steps[0].error);
	exercise_log_done(&log);
	CLEANUP_FREE char *got = content("env"), *want = mem_printf("127.0.0.1 80,8443 %s\n", dir);
	assert_string_equal(got, want);
}

static void an_array_needs_no_shell(void **state)
{
	struct exercise_log log = {0};
	CLEANUP_FREE char *command = mem_printf("[\"touch\", \"%s/a $b\"]", dir);
	assert_int_equal(run(command, NULL, &log, NULL), 0);
	exercise_log_done(&log);
	CLEANUP_FREE char *path = mem_printf("%s/a $b", dir);
	assert_int_equal(access(path, F_OK), 0);
}

static void output_goes_to_stderr(void **state)
{
	struct exercise_log log = {0};
	CLEANUP_FREE char *path = mem_printf("%s/err", dir);
	int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600), saved = dup(STDERR_FILENO);
	assert_true(fd >= 0 && saved >= 0);
	dup2(fd, STDERR_FILENO);
	int r = run("echo out; echo err >&2; cat", NULL, &log, NULL); /* cat: stdin is empty */
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	assert_int_equal(r, 0);
	exercise_log_done(&log);
	CLEANUP_FREE char *got = content("err");
	assert_string_equal(got, "out\nerr\n");
}

static void fails_one(const char *command, enum err_code code, int status, const char *message)
{
	struct exercise_log log = {0};
	struct err err = {0};
	assert_int_equal(run(command, NULL, &log, &err), -(int)code);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].status, status);
	assert_int_equal(!log.steps[0].error, status >= 0);
	exercise_log_done(&log);
	assert_string_equal(err.msg, message);
}

static void failures(void **state)
{
	fails_one("exit 3", ERR_UNPROVEN, 3, "`exit 3` exited with status 3");
	fails_one("kill -9 $$", ERR_UNPROVEN, 137, "`kill -9 $$` exited with status 137");
	fails_one("[\"/nonexistent\"]", ERR_NOTFOUND, -1,
		  "`[\"/nonexistent\"]`: cannot start /nonexistent: No such file or directory");
	fails_one("", ERR_INVAL, -1, "``: the command is empty");
}

/* A fifo that the command's processes hold open for writing: its end tells that all of them are gone. */
static int open_fifo(const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	assert_int_equal(mkfifo(path, 0600), 0);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static void ends(int fifo)
{
	char c;
	struct pollfd f = {.fd = fifo, .events = POLLIN};
	assert_int_equal(fcntl(fifo, F_SETFL, 0), 0);
	assert_int_equal(poll(&f, 1, 60000), 1);
	assert_int_equal(read(fifo, &c, 1), 0);
	close(fifo);
}

static void what_it_leaves_running_is_killed(void **state)
{
	struct exercise_log log = {0};
	int fifo = open_fifo("left");
	assert_int_equal(run("exec 3> $TEST_DIR/left; sleep 1000 & :", NULL, &log, NULL), 0);
	exercise_log_done(&log);
	ends(fifo);
}

static void cancel_kills_it(void **state)
{
	struct exercise_log log = {0};
	struct err err = {0};
	int fifo = open_fifo("held");
	/* the cancel fd gets readable once the command runs: it is another fifo that the command writes to */
	int cancel = open_fifo("cancel");
	struct progress p = {.cancel_fd = cancel};
	assert_int_equal(run("exec 3> $TEST_DIR/held; sleep 1000 & echo > $TEST_DIR/cancel; wait", &p, &log, &err),
			 -ERR_CANCELLED);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].status, -1);
	assert_string_equal(log.steps[0].error, "stopped on request");
	exercise_log_done(&log);
	ends(fifo);
	close(cancel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(environment),
	    cmocka_unit_test(an_array_needs_no_shell),
	    cmocka_unit_test(output_goes_to_stderr),
	    cmocka_unit_test(failures),
	    cmocka_unit_test(what_it_leaves_running_is_killed),
	    cmocka_unit_test(cancel_kills_it),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
