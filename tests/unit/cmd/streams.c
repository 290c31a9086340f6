#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/streams.h"
#include "os/fd.h"

/* The exit status of a child in which test is run; it may change descriptors 0 to 2. */
static int in_child(int (*test)(int arg), int arg)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(test(arg));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* closed: bit i = descriptor i. */
static int open_closed(int closed)
{
	struct err err = {0};
	char byte = 'x';
	for (int i = 0; i < 3; i++)
		if (closed & 1 << i)
			close(i);
	if (streams_open(&err) < 0 || dup(2) < 3)
		return 1;
	if ((closed & 1) && read(0, &byte, 1) != 0)
		return 2;
	if ((closed & 2) && (streams_check_output(&err) != -ERR_SYS || err.sys != EBADF))
		return 3;
	if ((closed & 2) && (write(1, &byte, 1) != -1 || errno != EBADF))
		return 4;
	return (closed & 4) && write(2, &byte, 1) != 1 ? 5 : 0;
}

static void closed_ones_are_opened(void **state)
{
	for (int closed = 0; closed < 8; closed++)
		assert_int_equal(in_child(open_closed, closed), 0);
}

/* The errno of a check of this standard output. */
static int check_one(int fd)
{
	struct err err = {0};
	return dup2(fd, 1) == 1 && streams_check_output(&err) < 0 ? err.sys : 0;
}

static void output_is_checked(void **state)
{
	char path[] = "/tmp/slim-streams-XXXXXX", text[4] = "";
	int pipes[2], file = mkstemp(path), full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(file >= 0 && full >= 0 && pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
	assert_int_equal(in_child(check_one, file), 0);
	assert_int_equal(in_child(check_one, full), ENOSPC);
	assert_int_equal(in_child(check_one, pipes[1]), 0);
	assert_int_equal(read(pipes[0], text, sizeof(text)), -1); /* nothing was written */
	close(pipes[0]);
	assert_int_equal(in_child(check_one, pipes[1]), EPIPE);
	struct stat st;
	assert_int_equal(fstat(file, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(unlink(path), 0);
	close(pipes[1]);
	close(file);
	close(full);
}

/* Bit 0: live, bit 1: colour. */
static int looks(const char *term, const char *no_color, int fd)
{
	if (term)
		setenv("TERM", term, 1);
	else
		unsetenv("TERM");
	if (no_color)
		setenv("NO_COLOR", no_color, 1);
	else
		unsetenv("NO_COLOR");
	return streams_is_live(fd) | streams_has_colour(fd) << 1;
}

static void colour_only_on_a_terminal(void **state)
{
	CLEANUP_FD int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	CLEANUP_FD int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CLEANUP_FD int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(terminal >= 0 && file >= 0);
	assert_int_equal(looks("xterm", NULL, terminal), 3);
	assert_int_equal(looks("xterm", "", terminal), 3);
	assert_int_equal(looks("xterm", "0", terminal), 1);
	assert_int_equal(looks("dumb", NULL, terminal), 0);
	assert_int_equal(looks("", NULL, terminal), 0);
	assert_int_equal(looks(NULL, NULL, terminal), 0);
	assert_int_equal(looks("xterm", NULL, file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(closed_ones_are_opened),
	    cmocka_unit_test(colour_only_on_a_terminal),
	    cmocka_unit_test(output_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
