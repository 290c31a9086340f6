#include "unit.h"

#include <linux/audit.h>

#include "report/trace_view.h"

/* sh starts ls, and each of two other programs the other. */
static void fill(struct trace_file *f)
{
	struct trace *t = &f->trace;
	trace_file_add_image(f, "oci:x:y", "sha256:0");
	trace_add(t, "/etc/passwd", 11, TRACE_OPEN | TRACE_STAT, UINT32_MAX, TRACE_BY_PTRACE);
	t->entries[0].found = TRACE_FOUND_YES;
	t->witnesses = TRACE_BY_PTRACE;
	t->processes = 4;
	uint32_t sh = trace_program(t, "/bin/sh"), ls = trace_program(t, "/bin/ls"), a = trace_program(t, "/a"),
		 b = trace_program(t, "/b");
	trace_add_run(t, sh, UINT32_MAX);
	trace_add_run(t, ls, sh);
	trace_add_run(t, ls, sh);
	trace_add_run(t, a, b);
	trace_add_run(t, b, a);
	trace_add_syscall(t, ls, AUDIT_ARCH_X86_64, 1);
	trace_add_port(t, 80, false);
}

#define HEAD                                                                                                           \
	"image       oci:x:y\n"                                                                                        \
	"            sha256:0\n"                                                                                       \
	"paths       1: 1 found in the image, 0 not, 0 not known\n"                                                    \
	"  open               1\n"                                                                                     \
	"  stat               1\n"                                                                                     \
	"processes   4\n"                                                                                              \
	"witnesses   ptrace\n"                                                                                         \
	"ports       80/tcp\n"                                                                                         \
	"programs    /bin/sh  1 run\n"                                                                                 \
	"              /bin/ls  2 runs\n"                                                                              \
	"            /a  1 run\n"                                                                                      \
	"              /b  1 run\n"

static void the_tree_of_programs(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	CLEANUP_BUF struct buf b = {0};
	fill(&f);
	report_trace_view_text(&f, &(const struct report_trace_view_options){0}, &b);
	assert_string_equal(b.data, HEAD);
}

static void all_of_it(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	CLEANUP_BUF struct buf b = {0};
	fill(&f);
	report_trace_view_text(&f, &(const struct report_trace_view_options){.paths = true, .syscalls = true}, &b);
	assert_string_equal(b.data, HEAD "\nsystem calls\n"
					 "  /a\n  /b\n  /bin/ls\n    x86_64: write\n  /bin/sh\n"
					 "\nfound how                          path\n"
					 "yes   open,stat                    /etc/passwd\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_tree_of_programs),
	    cmocka_unit_test(all_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
