#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

#include "unpack/tree.h"

static bool exists(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	struct stat st;
	return lstat(path, &st) == 0;
}

static void it_is_private(void **state)
{
	struct tree t;
	tree_init(&t);
	struct stat st;
	assert_int_equal(fstat(t.store.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fstat(t.run.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_true(exists(t.store.path, "layers"));
	assert_int_equal(t.store.path[0], '/');
	assert_int_equal(strlen(t.run.id), 16);
	assert_true(exists(t.run.path, "lock"));

	struct store s;
	struct err e = {0};
	assert_int_equal(fchmod(t.store.fd, 0770), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
	assert_non_null(strstr(e.msg, "may be written by others"));
	assert_int_equal(fchmod(t.store.fd, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(fchown(t.store.fd, 1234, 0), 0);
		assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
		assert_non_null(
		    strstr(e.msg, privilege_is_full() ? "belongs to user 1234" : "belongs to another user"));
		assert_int_equal(fchown(t.store.fd, 0, 0), 0);
	}
	tree_done(&t);
}

static void it_is_of_one_map_of_ids(void **state)
{
	struct tree t;
	tree_init(&t);
	struct store s;
	struct err e = {0};
	CLEANUP_BUF struct buf ids = {0};
	assert_int_equal(fd_read_file(t.store.fd, "ids", 4096, &ids, &e), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), 0);
	store_done(&s);
	buf_str(&ids, "0 1 1\n");
	assert_int_equal(fd_write_file_atomic(t.store.fd, "ids", ids.data, ids.len, 0600, &e), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
	assert_non_null(strstr(e.msg, "was filled with other ids"));
	tree_done(&t);
}

static void default_one(const char *xdg, const char *home, const char *want)
{
	struct store s;
	struct err e = {0};
	xdg ? setenv("XDG_CACHE_HOME", xdg, 1) : unsetenv("XDG_CACHE_HOME");
	home ? setenv("HOME", home, 1) : unsetenv("HOME");
	if (store_open(NULL, &s, &e) < 0)
		fail_msg("%s", e.msg);
	assert_string_equal(s.path, want);
	store_done(&s);
}

static void the_default_directory(void **state)
{
	char dir[] = "/var/tmp/slim-unit-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FREE char *xdg = mem_printf("%s/deep/xdg", dir), *home = mem_printf("%s/home", dir);
	CLEANUP_FREE char *in_xdg = mem_printf("%s/slim", xdg), *in_home = mem_printf("%s/.cache/slim", home);
	default_one(xdg, home, in_xdg);
	default_one("", home, in_home);
	default_one("relative", home, in_home);
	default_one(NULL, home, in_home);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir, NULL), 0);
}

static void a_run_is_removed_with_all_in_it(void **state)
{
	struct tree t;
	tree_init(&t);
	assert_int_equal(fd_mkdir_p(t.run.fd, "layer-0/fs/usr", 0700, NULL), 0);
	CLEANUP_FREE char *id = mem_strdup(t.run.id), *runs = mem_printf("%s/runs", t.store.path);
	assert_true(exists(runs, id));
	store_reap(&t.store); /* it lives */
	assert_true(exists(runs, id));
	store_run_done(&t.run);
	assert_false(exists(runs, id));
	tree_done(&t);
}

/* A child that makes a run and is killed in it. */
static void die_in_a_run(const struct tree *t, const char *undo, bool mounts)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct store s;
		struct store_run r;
		CLEANUP_STRLIST struct strlist argv = {0};
		strlist_add(&argv, "sh");
		strlist_add(&argv, "-c");
		strlist_add(&argv, undo);
		if (store_open(t->store.path, &s, NULL) < 0 || store_run_new(&s, &r, NULL) < 0 ||
		    fd_mkdir_p(r.fd, "a/mount point", 0700, NULL) < 0 || store_run_undo(&r, &argv, NULL) < 0)
			_exit(1);
		argv.items[2][0] = '#'; /* a second one, remembered behind the first */
		if (store_run_undo(&r, &argv, NULL) < 0)
			_exit(1);
		CLEANUP_FREE char *point = mem_printf("%s/a/mount point", r.path);
		if (mounts && mount(t->dir, point, NULL, MS_BIND, NULL) < 0)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static unsigned count_runs(const struct tree *t)
{
	CLEANUP_FREE char *cmd = mem_printf("test $(ls %s/runs | wc -l) -eq 1", t->store.path);
	return system(cmd) == 0 ? 1 : 2;
}

static void a_killed_run_is_reaped(void **state)
{
	struct tree t;
	tree_init(&t);
	CLEANUP_FREE char *undo = mem_printf(" echo undone >> %s/mark", t.dir);
	die_in_a_run(&t, undo, false);
	assert_int_equal(count_runs(&t), 2);
	struct store s;
	assert_int_equal(store_open(t.store.path, &s, NULL), 0);
	store_done(&s);
	assert_int_equal(count_runs(&t), 1);
	assert_true(exists(t.dir, "mark"));
	tree_done(&t);
}

static void a_mount_in_a_killed_run_is_not_emptied(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct tree t;
	tree_init(&t);
	CLEANUP_FREE char *canary = mem_printf("%s/canary", t.dir);
	assert_int_equal(mkdir(canary, 0700), 0);
	die_in_a_run(&t, "exit 1", true);
	store_reap(&t.store);
	assert_int_equal(count_runs(&t), 1);
	assert_true(exists(t.dir, "canary"));
	tree_done(&t);
}

/* Runs are born and reaped at once: none is taken from its owner. */
static void births_and_reapers(void **state)
{
	struct tree t;
	tree_init(&t);
	pid_t pids[4];
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		for (int n = 0; n < 50; n++) {
			struct store s;
			struct store_run r;
			if (store_open(t.store.path, &s, NULL) < 0 || store_run_new(&s, &r, NULL) < 0 ||
			    fd_mkdir_p(r.fd, "x/y", 0700, NULL) < 0 || faccessat(r.fd, "lock", F_OK, 0) < 0)
				_exit(1);
			store_run_done(&r);
			store_done(&s);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_runs(&t), 1);
	tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_private),          cmocka_unit_test(it_is_of_one_map_of_ids),
	    cmocka_unit_test(the_default_directory),  cmocka_unit_test(a_run_is_removed_with_all_in_it),
	    cmocka_unit_test(a_killed_run_is_reaped), cmocka_unit_test(a_mount_in_a_killed_run_is_not_emptied),
	    cmocka_unit_test(births_and_reapers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
