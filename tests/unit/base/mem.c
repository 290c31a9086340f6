#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define BYTES ((size_t)100000)

static void a_child_gets_no_mapped_pages(void **state)
{
	if (getenv("MESON_EXE_WRAPPER"))
		skip(); /* qemu-user gives a child all pages, whatever madvise(2) said */
	char *p = mem_map(BYTES);
	for (size_t i = 0; i < BYTES; i++)
		assert_int_equal(p[i], 0);
	p[BYTES - 1] = 1;
	int status;
	const pid_t child = fork();
	if (child == 0)
		_exit(msync(p, BYTES, MS_ASYNC) < 0 && errno == ENOMEM ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	mem_unmap(p, BYTES);
	assert_int_equal(msync(p, BYTES, MS_ASYNC), -1);
	mem_unmap(NULL, BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_gets_no_mapped_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
