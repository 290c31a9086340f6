#include "unit.h"

#include <errno.h>

#include "os/fd.h"

static void paths(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
