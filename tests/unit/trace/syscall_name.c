#include "unit.h"

#include <linux/audit.h>

#include "trace/syscall_name.h"

static void abis_are_told_apart(void **state)
{
	assert_string_equal(trace_abi_of(AUDIT_ARCH_X86_64, 2)->name, "x86_64");
	assert_string_equal(trace_abi_of(AUDIT_ARCH_X86_64, TRACE_X32 | 2)->name, "x32");
	assert_string_equal(trace_abi_of(AUDIT_ARCH_I386, 2)->name, "i386");
	assert_string_equal(trace_abi_of(AUDIT_ARCH_AARCH64, 2)->name, "aarch64");
	assert_string_equal(trace_abi_of(AUDIT_ARCH_ARM, 2)->name, "arm");
	assert_null(trace_abi_of(AUDIT_ARCH_PPC64LE, 2));
	assert_ptr_equal(trace_abi_named("x32"), trace_abi_of(AUDIT_ARCH_X86_64, TRACE_X32));
	assert_null(trace_abi_named("vax"));
}

static void names_and_numbers(void **state)
{
	static const struct {
		const char *abi;
		uint32_t nr;
		const char *name;
	} cases[] = {
	    {"x86_64", 257, "openat"},
	    {"x86_64", 469, "file_setattr"}, /* newer than libseccomp 2.5 */
	    {"i386", 464, "getxattrat"},
	    {"i386", 102, "socketcall"},
	    {"i386", 361, "bind"}, /* which libseccomp only finds by its number */
	    {"x32", TRACE_X32 | 520, "execve"},
	    {"x32", TRACE_X32 | 257, "openat"},
	    {"x32", TRACE_X32 | 900, "900"},
	    {"aarch64", 56, "openat"},
	    {"arm", 0xf0005, "set_tls"},
	    {"arm", 0xf0008, "983048"},
	    {"x86_64", 335, "335"},
	    {"x86_64", 1023, "1023"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct trace_abi *abi = trace_abi_named(cases[i].abi);
		char room[TRACE_SYSCALL_NAME];
		assert_string_equal(trace_syscall_name(abi, cases[i].nr, room), cases[i].name);
		assert_int_equal(trace_syscall_number(abi, cases[i].name), cases[i].nr);
	}
}

static void each_number_has_one_form(void **state)
{
	for (size_t a = 0; a < TRACE_ABIS; a++)
		for (uint32_t nr = 0; nr < 0xf0020; nr++) {
			char room[TRACE_SYSCALL_NAME];
			if (trace_syscall_exists(nr | trace_abis[a].bit))
				assert_int_equal(
				    trace_syscall_number(&trace_abis[a], trace_syscall_name(&trace_abis[a], nr, room)),
				    nr | trace_abis[a].bit);
		}
}

static void what_is_none(void **state)
{
	static const char *const none[] = {"", "dance", "0", "0900", "1024", "-1", "900x", "4294967296", "creat "};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(trace_syscall_number(trace_abi_named("x86_64"), none[i]), -1);
	assert_int_equal(trace_syscall_number(trace_abi_named("aarch64"), "open"), -1);
}

static void every_name_in_order(void **state)
{
	const struct trace_abi *abi = trace_abi_named("x86_64");
	const char *before = "", *name;
	size_t i = 0;
	for (; (name = trace_syscall_at(abi, i)); i++) {
		assert_true(strcmp(before, name) < 0);
		assert_true(trace_syscall_number(abi, name) >= 0);
		before = name;
	}
	assert_true(i > 300);
	assert_null(trace_syscall_at(abi, i + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(abis_are_told_apart),      cmocka_unit_test(names_and_numbers),
	    cmocka_unit_test(each_number_has_one_form), cmocka_unit_test(what_is_none),
	    cmocka_unit_test(every_name_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
