#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "test_store.h"

static void a_run_is_removed_with_all_in_it(void **state)
{
	struct test_store t;
	test_store_init(&t);
	assert_int_equal(fd_mkdir_p(t.run.fd, "layer-0/fs/usr", 0700, NULL), 0);
	CLEANUP_FREE char *id = mem_strdup(t.run.id), *runs = mem_printf("%s/runs", t.store.path);
	assert_true(exists(runs, id));
	store_reap(&t.store); /* it lives */
	assert_true(exists(runs, id));
	store_run_done(&t.run);
	assert_false(exists(runs, id));
	test_store_done(&t);
}

/* A child that makes a run and is killed in it. */
static void die_in_a_run(const struct test_store *t, const char *undo, bool mounts)
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

static unsigned count_runs(const struct test_store *t)
{
	CLEANUP_FREE char *cmd = mem_printf("test $(ls %s/runs | wc -l) -eq 1", t->store.path);
	return system(cmd) == 0 ? 1 : 2;
}

static void a_killed_run_is_reaped(void **state)
{
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FREE char *undo = mem_printf(" echo undone >> %s/mark", t.dir);
	die_in_a_run(&t, undo, false);
	assert_int_equal(count_runs(&t), 2);
	struct store s;
	assert_int_equal(store_open(t.store.path, &s, NULL), 0);
	store_done(&s);
	assert_int_equal(count_runs(&t), 1);
	assert_true(exists(t.dir, "mark"));
	test_store_done(&t);
}

/* As a kernel does that is slow to give up the lock of a process that has ended. */
static void a_lock_that_outlives_its_owner(void **state)
{
	struct test_store t;
	test_store_init(&t);
	pid_t pid = fork();
	if (pid == 0) {
		struct store s;
		struct store_run r;
		if (store_open(t.store.path, &s, NULL) < 0 || store_run_new(&s, &r, NULL) < 0)
			_exit(1);
		if (fork() == 0) { /* has the lock, too */
			poll(NULL, 0, 50);
			_exit(0);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	store_reap(&t.store);
	assert_int_equal(count_runs(&t), 1); /* the fixture's own */
	test_store_done(&t);
}

static void a_mount_in_a_killed_run_is_not_emptied(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FREE char *canary = mem_printf("%s/canary", t.dir);
	assert_int_equal(mkdir(canary, 0700), 0);
	die_in_a_run(&t, "exit 1", true);
	store_reap(&t.store);
	assert_int_equal(count_runs(&t), 1);
	assert_true(exists(t.dir, "canary"));
	test_store_done(&t);
}

/* Runs are born and reaped at once: none is taken from its owner. */
static void births_and_reapers(void **state)
{
	struct test_store t;
	test_store_init(&t);
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
	test_store_done(&t);
}

static void a_read_only_store_says_so(void **state)
{
	struct test_store t;
	struct store_run r;
	struct store s;
	struct err e = {0};
	NEEDS_ROOT();
	test_store_init(&t);
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount(t.dir, t.dir, NULL, MS_BIND, NULL), 0);
	assert_int_equal(mount(NULL, t.dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), 0);
	assert_int_equal(store_run_new(&s, &r, &e), -ERR_SYS);
	assert_int_equal(e.sys, EROFS);
	assert_non_null(strstr(e.msg, t.store.path));
	store_done(&s);
	assert_int_equal(umount2(t.dir, MNT_DETACH), 0);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_run_is_removed_with_all_in_it),
	    cmocka_unit_test(a_killed_run_is_reaped),
	    cmocka_unit_test(a_lock_that_outlives_its_owner),
	    cmocka_unit_test(a_mount_in_a_killed_run_is_not_emptied),
	    cmocka_unit_test(births_and_reapers),
	    cmocka_unit_test(a_read_only_store_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
