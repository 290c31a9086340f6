#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "os/fd.h"

static void a_tree_deeper_than_our_fds(void **state)
{
	char dir[] = "/tmp/slim-unit-XXXXXX";
	assert_non_null(mkdtemp(dir));
	struct rlimit few, old;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){.rlim_cur = 256, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), first = at;
	for (int i = 0; i < 1500; i++) {
		assert_int_equal(mkdirat(at, "d", 0700), 0);
		assert_int_equal(mkdirat(at, ".deep.0", 0700), 0); /* the name that the removal itself would use */
		assert_int_equal(symlinkat("/", at, "l"), 0);
		int next = openat(at, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (at != first)
			close(at);
		at = next;
	}
	close(at);
	struct err e = {0};
	assert_int_equal(fd_remove_tree(first, "d", &e), 0);
	assert_int_not_equal(faccessat(first, "d", F_OK, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(fd_remove_tree(first, "d", &e), 0);
	close(first);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir, &e), 0);
}

static void paths_through_proc(void **state)
{
	char path[FD_PROC_PATH], name[FD_PROC_PATH];
	assert_int_equal(fd_proc_path(7, "", path), 0);
	assert_string_equal(path, "/proc/self/fd/7");
	memset(name, 'n', sizeof(name));
	name[LIMIT_NAME] = '\0';
	assert_int_equal(fd_proc_path(1234, name, path), 0);
	assert_string_equal(path + strlen("/proc/self/fd/1234/"), name);
	name[LIMIT_NAME] = 'n';
	name[FD_PROC_PATH - 1] = '\0';
	assert_int_equal(fd_proc_path(7, name, path), -ENAMETOOLONG);
}

/* The kernel refuses a poll of more descriptors than may be open. */
static void a_poll_that_fails(void **state)
{
	struct rlimit few, old;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	struct pollfd fds[2] = {{.fd = ends[0], .events = POLLIN, .revents = POLLHUP},
				{.fd = -1, .events = POLLIN, .revents = POLLHUP}};
	assert_int_equal(fd_poll(fds, 2, 0), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){.rlim_cur = 1, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	int n = fd_poll(fds, 2, -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fds[0].revents, POLLIN);
	assert_int_equal(fds[1].revents, 0);
	close(ends[0]);
	close(ends[1]);
}

/* Its end comes, whoever waits for it. */
static void a_slow_close(void **state)
{
	int ends[2];
	char c;
	assert_int_equal(pipe(ends), 0);
	fd_close_slow(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 0);
	close(ends[0]);
	fd_close_slow(-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tree_deeper_than_our_fds),
	    cmocka_unit_test(paths_through_proc),
	    cmocka_unit_test(a_poll_that_fails),
	    cmocka_unit_test(a_slow_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
