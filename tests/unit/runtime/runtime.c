#include "runtime/tree.h"

#include "os/privilege.h"
#include "runtime/runtime.h"

/* A directory of programs, PATH set to it. */
static struct tree programs;

static int setup(void **state)
{
	programs = tree_new();
	tree_mkdir(&programs, "bin");
	CLEANUP_FREE char *path = mem_printf("%s/none:relative::%s/bin", programs.path, programs.path);
	return setenv("PATH", path, 1);
}

static int teardown(void **state)
{
	tree_done(&programs);
	return 0;
}

static void program(const char *name, const char *script)
{
	CLEANUP_FREE char *path = mem_printf("bin/%s", name), *text = mem_printf("#!/bin/sh\n%s\n", script);
	tree_file(&programs, path, text);
	assert_int_equal(fchmodat(programs.fd, path, 0755, 0), 0);
}

static void find_one(const char *wanted, int code, const char *name, int kind)
{
	struct runtime r = {0};
	struct err err = {0};
	int got = runtime_find(wanted, "/state", &r, &err);
	if (got != -code)
		fail_msg("%s: %d %s", wanted ? wanted : "(none)", got, err.msg);
	if (got < 0) {
		assert_non_null(strstr(err.msg, name));
		return;
	}
	CLEANUP_FREE char *path = mem_printf("%s/bin/%s", programs.path, name);
	assert_string_equal(r.path, path);
	assert_int_equal(r.kind, kind);
	assert_string_equal(r.state_dir, "/state");
	runtime_done(&r);
}

static void finds_and_recognizes(void **state)
{
	program("crun", "exit 9");
	CLEANUP_FREE char *path = mem_printf("%s/bin/my-runc", programs.path);
	program("my-runc", "[ \"$1\" = --version ] && echo 'runc version 1.9' && echo more");
	program("my-crun", "echo crun version 1.19");
	program("youki", "echo youki 0.5");
	program("silent", "exit 0");
	program("broken", "exit 3");
	tree_file(&programs, "bin/plain", "not executable");
	find_one("crun", 0, "crun", RUNTIME_CRUN);
	find_one("my-runc", 0, "my-runc", RUNTIME_RUNC);
	find_one(path, 0, "my-runc", RUNTIME_RUNC);
	find_one("my-crun", 0, "my-crun", RUNTIME_CRUN);
	find_one("youki", 0, "youki", RUNTIME_OTHER);
	find_one("silent", 0, "silent", RUNTIME_OTHER);
	find_one("broken", ERR_INVAL, "exits with 3", 0);
	find_one("plain", ERR_NOTFOUND, "plain", 0);
	find_one("no-such-runtime", ERR_NOTFOUND, "no-such-runtime", 0);
	find_one("/no/such/runtime", ERR_NOTFOUND, "/no/such/runtime", 0);
	program("runc", "exit 9");
	find_one(NULL, 0, "runc", RUNTIME_RUNC); /* preferred, and PATH comes before the sbin directories */
}

static void argv_one(void (*make)(const struct runtime *, struct strlist *), int kind, bool cgroups,
		     const char *expected)
{
	struct runtime r = {.path = (char[]){"/usr/bin/rt"}, .kind = kind, .state_dir = (char[]){"/s"}};
	r.cgroups.usable = cgroups;
	CLEANUP_STRLIST struct strlist argv = {0};
	CLEANUP_BUF struct buf line = {0};
	strlist_add(&argv, "before");
	make(&r, &argv);
	for (size_t i = 0; i < argv.count; i++)
		buf_printf(&line, "%s%s", i ? " " : "", argv.items[i]);
	assert_null(argv.items[argv.count]);
	assert_string_equal(line.data, expected);
}

static void run_argv(const struct runtime *r, struct strlist *out)
{
	runtime_run_argv(r, "/b", "id", out);
}

static void exec_argv(const struct runtime *r, struct strlist *out)
{
	runtime_exec_argv(r, "id", "/b/p.json", out);
}

static void delete_argv(const struct runtime *r, struct strlist *out)
{
	runtime_delete_argv(r, "id", out);
}

static void command_lines(void **state)
{
	const char *rootless = privilege_is_full() ? "before /usr/bin/rt --root /s --rootless=true run --bundle /b id"
						   : "before /usr/bin/rt --root /s run --bundle /b id";
	argv_one(run_argv, RUNTIME_RUNC, true, "before /usr/bin/rt --root /s run --bundle /b id");
	argv_one(run_argv, RUNTIME_RUNC, false, rootless);
	argv_one(run_argv, RUNTIME_OTHER, false, "before /usr/bin/rt --root /s run --bundle /b id");
	argv_one(run_argv, RUNTIME_CRUN, true,
		 "before /usr/bin/rt --root /s --cgroup-manager=cgroupfs run --bundle /b id");
	argv_one(run_argv, RUNTIME_CRUN, false,
		 "before /usr/bin/rt --root /s --cgroup-manager=disabled run --bundle /b id");
	argv_one(exec_argv, RUNTIME_RUNC, true, "before /usr/bin/rt --root /s exec --process /b/p.json id");
	argv_one(delete_argv, RUNTIME_RUNC, true, "before /usr/bin/rt --root /s delete --force id");
}

/* An ordinary user's mounts need no flag: nothing on them is a device. */
static void who_needs_the_hook(void **state)
{
	const bool full = privilege_is_full();
	assert_false(runtime_loses_nodev(&(struct runtime){.kind = RUNTIME_RUNC}, false));
	assert_int_equal(runtime_loses_nodev(&(struct runtime){.kind = RUNTIME_RUNC}, true), full);
	assert_int_equal(runtime_loses_nodev(&(struct runtime){.kind = RUNTIME_CRUN}, false), full);
	assert_int_equal(runtime_loses_nodev(&(struct runtime){.kind = RUNTIME_OTHER}, false), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_and_recognizes),
	    cmocka_unit_test(command_lines),
	    cmocka_unit_test(who_needs_the_hook),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
