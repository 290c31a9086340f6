#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"

static int setup(void **state)
{
	char path[] = "/tmp/slim-unit-XXXXXX";
	if (!mkdtemp(path))
		return -1;
	*state = mem_strdup(path);
	return 0;
}

static int teardown(void **state)
{
	int r = fd_remove_tree(AT_FDCWD, *state, NULL);
	free(*state);
	return r;
}

/* A directory without files stands in for a cgroup, whose files do not keep rmdir from removing it. */
static void only_what_has_the_prefix_is_removed(void **state)
{
	const char *stay[] = {"pids/a/slim-10-run0", "pids/slim-2-run0/slim-1x", "a-slim-1-run0"};
	const char *go[] = {"pids/a/slim-1-run0/below/it", "cpu/slim-1-run1", "slim-1-run0"};
	CLEANUP_FD int root = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(fd_mkdir_p(root, stay[i], 0755, NULL), 0);
		assert_int_equal(fd_mkdir_p(root, go[i], 0755, NULL), 0);
	}
	assert_int_equal(symlinkat("../pids/slim-2-run0", root, "cpu/slim-1-link"), 0);
	cgroup_remove(*state, "slim-1-");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(faccessat(root, stay[i], F_OK, 0), 0);
	assert_int_equal(faccessat(root, "pids/a/slim-1-run0", F_OK, 0), -1);
	assert_int_equal(faccessat(root, go[1], F_OK, 0), -1);
	assert_int_equal(faccessat(root, go[2], F_OK, 0), -1);
	assert_int_equal(faccessat(root, "cpu/slim-1-link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
}

static void a_root_that_is_missing_is_no_failure(void **state)
{
	CLEANUP_FREE char *path = mem_printf("%s/none", (char *)*state);
	cgroup_remove(path, "slim-1-");
}

static void of_a_process(void **state)
{
	CLEANUP_BUF struct buf table = {0};
	assert_int_equal(fd_read_file(AT_FDCWD, "/proc/self/cgroup", 65536, &table, NULL), 0);
	buf_char(&table, '\0');
	for (char *save, *line = strtok_r(table.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *list = strchr(line, ':') + 1, *path = strchr(list, ':');
		*path++ = '\0';
		list[strcspn(list, ",")] = '\0'; /* "cpu,cpuacct": the first */
		CLEANUP_FREE char *got = cgroup_of(getpid(), *list ? list : NULL);
		assert_string_equal(got, path);
		list[strlen(list) - (*list != '\0')] = '\0'; /* a controller that ends sooner */
		if (*list)
			assert_null(cgroup_of(getpid(), list));
	}
	assert_null(cgroup_of(getpid(), "none"));
	assert_null(cgroup_of(INT_MAX, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_what_has_the_prefix_is_removed, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_root_that_is_missing_is_no_failure, setup, teardown),
	    cmocka_unit_test(of_a_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
