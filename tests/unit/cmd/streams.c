#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/streams.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(closed_ones_are_opened),
	    cmocka_unit_test(output_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
