/* The table of calls, resolved for each ABI: by the numbers that the kernels' own tables give. */
#include "unit.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "sensor/syscalls.h"

#define X32(nr) (0x40000000u + (nr))
#define ABSENT (-1)

static const struct {
	const char *name;
	int x86_64, i386, x32, aarch64, arm;
} calls[] = {
    {"open", 2, 5, 2, ABSENT, 5},
    {"openat", 257, 295, 257, 56, 322},
    {"openat2", 437, 437, 437, 437, 437},
    {"stat", 4, 106, 4, ABSENT, 106},
    {"stat64", ABSENT, 195, ABSENT, ABSENT, 195},
    {"newfstatat", 262, ABSENT, 262, 79, ABSENT},
    {"fstatat64", ABSENT, 300, ABSENT, ABSENT, 327},
    {"statx", 332, 383, 332, 291, 397},
    {"readlink", 89, 85, 89, ABSENT, 85},
    {"readlinkat", 267, 305, 267, 78, 332},
    {"execve", 59, 11, 520, 221, 11},
    {"execveat", 322, 358, 545, 281, 387},
    {"chroot", 161, 61, 161, 51, 61},
    {"fanotify_mark", 301, 339, 301, 263, 368},
    {"connect", 42, 362, 42, 203, 283},
    {"bind", 49, 361, 49, 200, 282},
    {"listen", 50, 363, 50, 201, 284},
    {"utimensat_time64", ABSENT, 412, ABSENT, ABSENT, 412},
};

static void check(const char *name, uint32_t arch, int nr)
{
	if (nr == ABSENT)
		return;
	const struct sensor_syscall *row = sensor_syscalls_find(arch, (uint32_t)nr);
	if (!row || strcmp(row->name, name) != 0)
		print_message("# %s %#x %d: %s\n", name, arch, nr, row ? row->name : "not found");
	assert_non_null(row);
	assert_string_equal(row->name, name);
}

static void each_abi_has_its_own_numbers(void **state)
{
	sensor_syscalls_init();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		check(calls[i].name, AUDIT_ARCH_X86_64, calls[i].x86_64);
#ifdef __x86_64__ /* libseccomp names those that socketcall can do only by that */
		check(calls[i].name, AUDIT_ARCH_I386, calls[i].i386);
#endif
		check(calls[i].name, AUDIT_ARCH_X86_64, calls[i].x32 == ABSENT ? ABSENT : (int)X32(calls[i].x32));
		check(calls[i].name, AUDIT_ARCH_AARCH64, calls[i].aarch64);
		check(calls[i].name, AUDIT_ARCH_ARM, calls[i].arm);
	}
}

static void no_call_is_taken_for_another(void **state)
{
	sensor_syscalls_init();
	assert_null(sensor_syscalls_find(AUDIT_ARCH_X86_64, 0));  /* read */
	assert_null(sensor_syscalls_find(AUDIT_ARCH_AARCH64, 2)); /* io_submit, open on x86-64 */
	assert_null(sensor_syscalls_find(AUDIT_ARCH_AARCH64, 63));
	assert_null(sensor_syscalls_find(AUDIT_ARCH_X86_64, X32(59))); /* execve but on x32 */
	assert_null(sensor_syscalls_find(AUDIT_ARCH_S390X, 5));
	assert_null(sensor_syscalls_find(AUDIT_ARCH_X86_64, UINT64_MAX));
}

/* An old call that a new machine does not have has a successor in the table that it has. */
static void aarch64_has_all_but_the_old(void **state)
{
	static const char *const old[] = {
	    "open",
	    "creat",
	    "stat",
	    "stat64",
	    "oldstat",
	    "lstat",
	    "lstat64",
	    "oldlstat",
	    "fstatat64",
	    "statfs64",
	    "access",
	    "readlink",
	    "uselib",
	    "mkdir",
	    "mknod",
	    "symlink",
	    "link",
	    "rename",
	    "unlink",
	    "rmdir",
	    "chmod",
	    "chown",
	    "chown32",
	    "lchown",
	    "lchown32",
	    "utime",
	    "utimes",
	    "futimesat",
	    "truncate64",
	    "umount",
	    "utimensat_time64",
	};
	sensor_syscalls_init();
	for (size_t i = 0; i < sensor_syscalls_count; i++) {
		const char *name = sensor_syscalls[i].name;
		bool is_old = false, found = false;
		for (size_t k = 0; k < sizeof(old) / sizeof(old[0]); k++)
			is_old |= strcmp(old[k], name) == 0;
		for (uint32_t nr = 0; nr < 512 && !found; nr++) {
			const struct sensor_syscall *row = sensor_syscalls_find(AUDIT_ARCH_AARCH64, nr);
			found = row && strcmp(row->name, name) == 0;
		}
		if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
			continue; /* too new for this libseccomp */
		if (found == is_old)
			print_message("# %s\n", name);
		assert_int_equal(found, !is_old);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_abi_has_its_own_numbers),
	    cmocka_unit_test(no_call_is_taken_for_another),
	    cmocka_unit_test(aarch64_has_all_but_the_old),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
