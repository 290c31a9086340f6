#include "unit.h"

#include <linux/audit.h>

#include "trace/trace_diff.h"

static void add(struct trace *t, const char *path)
{
	trace_add(t, path, strlen(path), TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE);
}

static void what_one_of_them_has(void **state)
{
	CLEANUP_TRACE struct trace x = {0}, y = {0};
	CLEANUP_BUF struct buf b = {0};
	add(&x, "/both");
	add(&x, "/a");
	add(&y, "/z");
	add(&y, "/both");
	add(&y, "/new\nline");
	trace_add_syscall(&x, trace_program(&x, "/bin/sh"), AUDIT_ARCH_X86_64, 0);
	trace_add_syscall(&y, trace_program(&y, "/bin/sh"), AUDIT_ARCH_X86_64, 0);
	trace_add_syscall(&y, trace_program(&y, "/bin/sh"), AUDIT_ARCH_X86_64, 1);
	trace_diff_text(&x, &y, &b);
	assert_string_equal(b.data, "- /a\n+ /new\\x0aline\n+ /z\n+ /bin/sh: x86_64 write\n");
}

static void equal_ones_give_nothing(void **state)
{
	CLEANUP_TRACE struct trace x = {0}, y = {0};
	CLEANUP_BUF struct buf b = {0};
	add(&x, "/a");
	add(&x, "/b");
	add(&y, "/b");
	add(&y, "/a");
	trace_diff_text(&x, &y, &b);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_one_of_them_has),
	    cmocka_unit_test(equal_ones_give_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
