#include "unit.h"

#include <linux/audit.h>

#include "trace/trace.h"

static void add(struct trace *t, const char *path, uint32_t kinds, uint32_t program, uint8_t witness)
{
	trace_add(t, path, strlen(path), kinds, program, witness);
}

static const struct trace_entry *entry(const struct trace *t, const char *path)
{
	size_t id = strset_find(&t->paths, path);
	assert_true(id != STRSET_NONE);
	return &t->entries[id];
}

static void entries_unite(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	uint32_t sh = trace_program(&t, "/bin/sh"), ls = trace_program(&t, "/bin/ls");
	assert_int_equal(trace_program(&t, "/bin/sh"), sh);
	add(&t, "/a", TRACE_STAT, UINT32_MAX, TRACE_BY_FANOTIFY);
	add(&t, "/a", TRACE_OPEN | TRACE_FOLLOW, ls, TRACE_BY_PTRACE);
	add(&t, "/a", TRACE_STAT, sh, TRACE_BY_PTRACE);
	assert_int_equal(t.paths.count, 1);
	assert_int_equal(entry(&t, "/a")->kinds, TRACE_STAT | TRACE_OPEN | TRACE_FOLLOW);
	assert_int_equal(entry(&t, "/a")->program, ls); /* the first that is known */
	assert_int_equal(entry(&t, "/a")->witnesses, TRACE_BY_PTRACE | TRACE_BY_FANOTIFY);
}

static void an_empty_path_is_none(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	trace_add(&t, "", 0, TRACE_STAT, 0, TRACE_BY_PTRACE);
	assert_int_equal(t.paths.count, 0);
}

static void many_paths(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	char path[] = "/????";
	for (int i = 0; i < 10000; i++) {
		path[1] = (char)('0' + i / 1000), path[2] = (char)('0' + i / 100 % 10);
		path[3] = (char)('0' + i / 10 % 10), path[4] = (char)('0' + i % 10);
		add(&t, path, TRACE_OPEN, (uint32_t)i, TRACE_BY_PTRACE);
	}
	assert_int_equal(t.paths.count, 10000);
	assert_int_equal(entry(&t, "/7777")->program, 7777);
}

static void ports_are_told_once(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	trace_add_port(&t, 80, false);
	trace_add_port(&t, 80, true);
	trace_add_port(&t, 80, false);
	assert_int_equal(t.n_ports, 2);
	assert_true(t.ports[1].udp);
}

static void runs_merge(void **state)
{
	CLEANUP_TRACE struct trace a = {.processes = 1, .stops = 10, .unreadable = 1};
	CLEANUP_TRACE struct trace b = {.processes = 2, .stops = 20, .overflows = 1};
	add(&a, "/x", TRACE_OPEN, trace_program(&a, "/bin/a"), TRACE_BY_PTRACE);
	(void)trace_program(&b, "/bin/idle");
	uint32_t program = trace_program(&b, "/bin/b");
	add(&b, "/x", TRACE_EXEC, program, TRACE_BY_PTRACE);
	add(&b, "/y", TRACE_STAT, program, TRACE_BY_PTRACE);
	add(&b, "/z", TRACE_KERNEL, UINT32_MAX, TRACE_BY_FANOTIFY);
	trace_add_port(&a, 80, false);
	trace_add_port(&b, 80, false);
	trace_add_port(&b, 443, false);

	trace_merge(&a, &b);
	assert_int_equal(a.paths.count, 3);
	assert_int_equal(entry(&a, "/x")->kinds, TRACE_OPEN | TRACE_EXEC);
	assert_string_equal(strset_get(&a.programs, entry(&a, "/x")->program), "/bin/a");
	assert_string_equal(strset_get(&a.programs, entry(&a, "/y")->program), "/bin/b");
	assert_int_equal(entry(&a, "/z")->program, UINT32_MAX);
	assert_true(strset_find(&a.programs, "/bin/idle") != STRSET_NONE);
	assert_int_equal(a.n_ports, 2);
	assert_int_equal(a.processes, 3);
	assert_int_equal(a.stops, 30);
	assert_int_equal(a.unreadable, 1);
	assert_int_equal(a.overflows, 1);
}

static void variants_unite(void **state)
{
	CLEANUP_TRACE struct trace a = {0};
	CLEANUP_TRACE struct trace b = {0};
	add(&a, "/x", TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE);
	add(&a, "/y", TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE);
	trace_mark_variant(&a, 0);
	add(&b, "/y", TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE);
	add(&b, "/z", TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE);
	trace_mark_variant(&b, 31);
	trace_merge(&a, &b);
	assert_int_equal(entry(&a, "/x")->variants, 1);
	assert_int_equal(entry(&a, "/y")->variants, 0x80000001);
	assert_int_equal(entry(&a, "/z")->variants, 0x80000000);
}

static bool uses(const struct trace *t, const char *program, uint32_t arch, uint32_t nr)
{
	const struct trace_program *p = &t->facts[strset_find(&t->programs, program)];
	bool found = false;
	for (size_t i = 0; i < p->n_syscalls; i++)
		found |= p->syscalls[i].audit_arch == arch && p->syscalls[i].nr == nr;
	return found;
}

static void syscalls_are_a_set(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	uint32_t a = trace_program(&t, "/a"), b = trace_program(&t, "/b");
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t nr = 400; nr-- > 0;) /* downwards: each is put before the others */
			trace_add_syscall(&t, a, AUDIT_ARCH_X86_64, nr * 7 % 400);
	trace_add_syscall(&t, a, AUDIT_ARCH_I386, 5);
	trace_add_syscall(&t, b, AUDIT_ARCH_X86_64, TRACE_X32 | 512);
	assert_int_equal(t.facts[a].n_syscalls, 401);
	for (size_t i = 1; i < 400; i++)
		assert_int_equal(t.facts[a].syscalls[i + 1].nr, t.facts[a].syscalls[i].nr + 1);
	assert_int_equal(t.facts[b].n_syscalls, 1);
	assert_true(uses(&t, "/b", AUDIT_ARCH_X86_64, TRACE_X32 | 512));
}

static void made_up_numbers_are_no_syscalls(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	uint32_t a = trace_program(&t, "/a");
	const uint32_t none[] = {TRACE_SYSCALL_END, UINT32_MAX, TRACE_X32 | 5000, 0xf0000, 0xf0010};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		trace_add_syscall(&t, a, AUDIT_ARCH_X86_64, none[i]);
	assert_int_equal(t.facts[a].n_syscalls, 0);
	trace_add_syscall(&t, a, AUDIT_ARCH_ARM, 0xf0005);
	assert_int_equal(t.facts[a].n_syscalls, 1);
}

static void programs_merge(void **state)
{
	CLEANUP_TRACE struct trace a = {0}, b = {0};
	uint32_t sh = trace_program(&a, "/sh");
	trace_add_run(&a, sh, UINT32_MAX);
	trace_add_syscall(&a, sh, AUDIT_ARCH_X86_64, 1);
	uint32_t ls = trace_program(&b, "/ls");
	sh = trace_program(&b, "/sh");
	trace_add_run(&b, sh, UINT32_MAX);
	trace_add_run(&b, ls, sh);
	trace_add_run(&b, ls, ls);
	trace_add_syscall(&b, sh, AUDIT_ARCH_X86_64, 2);

	trace_merge(&a, &b);
	const struct trace_program *p = &a.facts[strset_find(&a.programs, "/sh")];
	assert_int_equal(p->runs, 2);
	assert_int_equal(p->starts, 2);
	assert_int_equal(p->n_parents, 0);
	assert_int_equal(p->n_syscalls, 2);
	p = &a.facts[strset_find(&a.programs, "/ls")];
	assert_int_equal(p->runs, 2);
	assert_int_equal(p->starts, 0);
	assert_int_equal(p->n_parents, 2);
	assert_string_equal(strset_get(&a.programs, p->parents[0]), "/sh");
	assert_string_equal(strset_get(&a.programs, p->parents[1]), "/ls");
}

/* Into an empty trace nothing is copied; what it has besides stays. */
static void an_empty_one_takes_all(void **state)
{
	CLEANUP_TRACE struct trace a = {.witnesses = TRACE_BY_FANOTIFY, .processes = 2},
				   b = {.witnesses = TRACE_BY_EBPF};
	(void)strset_add(&a.refused, "bpf");
	trace_add(&b, "/x", 2, TRACE_OPEN, trace_program(&b, "/bin/p"), TRACE_BY_EBPF);
	trace_add_port(&b, 80, false);
	b.processes = 3;
	const char *path = strset_get(&b.paths, 0);
	trace_take(&a, &b);
	assert_ptr_equal(strset_get(&a.paths, 0), path);
	assert_int_equal(a.paths.count, 1);
	assert_int_equal(a.programs.count, 1);
	assert_int_equal(a.n_ports, 1);
	assert_int_equal(a.processes, 5);
	assert_int_equal(a.witnesses, TRACE_BY_FANOTIFY | TRACE_BY_EBPF);
	assert_int_equal(strset_find(&a.refused, "bpf"), 0);
	CLEANUP_TRACE struct trace c = {0};
	trace_add(&c, "/y", 2, TRACE_STAT, UINT32_MAX, TRACE_BY_EBPF);
	trace_take(&a, &c);
	assert_int_equal(a.paths.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_unite),      cmocka_unit_test(an_empty_path_is_none),
	    cmocka_unit_test(many_paths),         cmocka_unit_test(ports_are_told_once),
	    cmocka_unit_test(runs_merge),         cmocka_unit_test(variants_unite),
	    cmocka_unit_test(syscalls_are_a_set), cmocka_unit_test(made_up_numbers_are_no_syscalls),
	    cmocka_unit_test(programs_merge),     cmocka_unit_test(an_empty_one_takes_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
