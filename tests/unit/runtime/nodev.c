#include "runtime/tree.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "os/privilege.h"
#include "runtime/nodev.h"

static unsigned long flags(const char *point)
{
	struct statvfs fs;
	return statvfs(point, &fs) == 0 ? fs.f_flag & (ST_NODEV | ST_RDONLY | ST_NOSUID) : 999;
}

static bool mount_at(const char *point, const char *type, unsigned long more)
{
	return mount("none", point, type, more, NULL) == 0;
}

/* In a mount namespace of its own. Exits with 0 if all is right, else with the number of what is not. */
static int check(const struct tree *t)
{
	CLEANUP_FREE char *root = mem_printf("%s/root", t->path), *in = mem_printf("%s/root/a b", t->path);
	CLEANUP_FREE char *terminals = mem_printf("%s/root/pts", t->path), *null = mem_printf("%s/root/null", t->path);
	CLEANUP_FREE char *beside = mem_printf("%s/beside", t->path);
	struct err err = {0};
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 1;
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0 || !mount_at(in, "tmpfs", MS_RDONLY | MS_NOSUID) ||
	    !mount_at(terminals, "devpts", 0) || !mount_at(beside, "tmpfs", 0) ||
	    mount("/dev/null", null, NULL, MS_BIND, NULL) < 0)
		return 2;
	if (runtime_nodev_apply(root, false, &err) < 0)
		return 3;
	if (flags(root) != ST_NODEV || flags(in) != (ST_NODEV | ST_RDONLY | ST_NOSUID))
		return 4;
	return flags(terminals) || flags(null) & ST_NODEV || flags(beside) ? 5 : 0;
}

static void mounts_lose_their_devices(void **state)
{
	if (!privilege_is_full())
		skip();
	CLEANUP_TREE struct tree t = tree_new();
	tree_mkdir(&t, "root");
	tree_mkdir(&t, "root/a b");
	tree_mkdir(&t, "root/pts");
	tree_mkdir(&t, "beside");
	tree_file(&t, "root/null", "");
	pid_t pid = fork();
	if (pid == 0)
		_exit(check(&t));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void the_hook_is_this_program(void **state)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	runtime_nodev_hook("/root of it", true, &argv);
	CLEANUP_FREE char *own = realpath("/proc/self/exe", NULL), *named = realpath(argv.items[0], NULL);
	assert_string_equal(named, own);
	assert_string_equal(argv.items[1], RUNTIME_NODEV_HOOK);
	assert_string_equal(argv.items[2], "/root of it");
	assert_string_equal(argv.items[3], RUNTIME_NODEV_READ_ONLY);
	assert_int_equal(argv.count, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mounts_lose_their_devices),
	    cmocka_unit_test(the_hook_is_this_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
