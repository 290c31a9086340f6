#include "unit.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "run/confinement.h"

#define TABLE                                                                                                          \
	"1 0 0:1 / / rw,nodev,relatime - overlay overlay rw,lowerdir=0\n"                                              \
	"2 1 0:2 / /proc rw,nosuid - proc proc rw\n"                                                                   \
	"3 1 0:3 / /dev/pts rw shared:4 - devpts devpts rw\n"                                                          \
	"4 2 0:4 / /proc/acpi ro,relatime - tmpfs tmpfs ro,size=0k\n"

static void open_one(int root, const char *mounts, const char *expected)
{
	FILE *table = *mounts ? fmemopen((char *)mounts, strlen(mounts), "r") : fopen("/dev/null", "r");
	assert_non_null(table);
	CLEANUP_FREE char *got = run_confinement_open_mount(table, root, NULL);
	fclose(table);
	if (!expected)
		assert_null(got);
	else
		assert_string_equal(got, expected);
}

/* Everything else is harmless. */
static void first_open_mount(void **state)
{
	char path[] = "/tmp/slim-test-XXXXXX";
	assert_non_null(mkdtemp(path));
	CLEANUP_FD int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(root, "a b", 0755), 0);
	assert_int_equal(fd_write_file_atomic(root, "hosts", "x", 1, 0644, NULL), 0);
	open_one(root, TABLE, NULL);
	open_one(root, "", NULL);
	open_one(root, "not a mount table\n", NULL);
	open_one(root, TABLE "5 1 0:5 / /a\\040b rw,nosuid - ext4 /dev/x rw\n", "/a b");
	open_one(root, TABLE "5 1 0:5 / /a\\040b rw,nodev - ext4 /dev/x rw\n", NULL);
	open_one(root, TABLE "5 1 0:5 / /a\\040b rw,nodevil - tmpfs tmpfs rw\n", "/a b");
	open_one(root, TABLE "5 1 0:5 /h /hosts rw - ext4 /dev/x rw\n", NULL); /* a file */
	if (mknodat(root, "null", S_IFCHR | 0600, makedev(1, 3)) == 0) {       /* root of the machine */
		assert_int_equal(mknodat(root, "log", S_IFCHR | 0600, makedev(1, 11)), 0);
		open_one(root, TABLE "5 1 0:5 /null /null ro,nosuid - devtmpfs devtmpfs rw\n", NULL);
		open_one(root, TABLE "5 1 0:5 /null /null rw,nosuid - devtmpfs devtmpfs rw\n", "/null");
		open_one(root, TABLE "5 1 0:5 /log /log ro - devtmpfs devtmpfs rw\n", "/log");
		CLEANUP_FREE char *log = mem_printf("%s/log", path);
		const struct runtime_bundle_mount given = {.source = log, .device = log};
		const struct runtime_bundle_options bundle = {.mounts = &given, .n_mounts = 1};
		for (int writable = 0; writable < 2; writable++) { /* one that the user gave */
			char text[] = "5 1 0:5 /log /log ro - devtmpfs devtmpfs rw\n";
			memcpy(strstr(text, "ro"), writable ? "rw" : "ro", 2);
			FILE *table = fmemopen(text, strlen(text), "r");
			CLEANUP_FREE char *got = run_confinement_open_mount(table, root, &bundle);
			fclose(table);
			assert_int_equal(got != NULL, writable);
		}
	}
	open_one(root, TABLE "5 1 0:5 / /absent rw - ext4 /dev/x rw\n", "/absent");
	assert_int_equal(fd_remove_tree(AT_FDCWD, path, NULL), 0);
}

static const struct runtime without_cgroups = {.path = (char[]){"rt"}};

#define CANNOT 1 /* a sanitizer's process has a second thread, and cannot enter a user namespace */

/* What the check says of a process with a root on which devices can be used. */
static int check_one(int namespaces)
{
	int ready[2];
	char byte;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		byte = unshare(namespaces) < 0;
		(void)!write(ready[1], &byte, 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	int r = byte ? CANNOT : run_confinement_check(pid, NULL, &without_cgroups, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	return r;
}

static void processes(void **state)
{
	assert_int_equal(run_confinement_check(0x7ffffff0, NULL, &without_cgroups, NULL), 0); /* it has ended */
	if (!privilege_is_full())
		skip();
	assert_int_equal(check_one(CLONE_NEWNS), -ERR_UNSUPPORTED);
	int r = check_one(CLONE_NEWNS | CLONE_NEWUSER);
	if (r == CANNOT)
		skip();
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_open_mount),
	    cmocka_unit_test(processes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
