#include "runtime/tree.h"

#include "runtime/cgroups.h"

/* Directories stand in for cgroups; who they can be written by does not show to root. */

static void v1(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	struct runtime_cgroups c = {0};
	tree_file(&t, "memory/memory.memsw.limit_in_bytes", "1");
	tree_mkdir(&t, "pids");
	tree_mkdir(&t, "devices");
	runtime_cgroups_look_v1(t.path, true, &c);
	assert_true(c.usable && c.memory && c.swap && c.pids && !c.cpu);
	assert_string_equal(c.why_unusable, "");
	assert_null(c.parent);
	c = (struct runtime_cgroups){0};
	runtime_cgroups_look_v1(t.path, false, &c);
	assert_false(c.usable || c.memory || c.pids || c.swap);
	assert_string_not_equal(c.why_unusable, "");
}

static struct runtime_cgroups look_v2(const struct tree *t, const char *own, bool full)
{
	struct runtime_cgroups c = {0};
	runtime_cgroups_look_v2(t->path, own, full, &c);
	return c;
}

static void v2_of_root(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_file(&t, "cgroup.procs", "1\n");
	tree_file(&t, "cgroup.controllers", "cpuset cpu io memory pids\n");
	tree_file(&t, "cgroup.subtree_control", "cpuset memory\n");
	struct runtime_cgroups c = look_v2(&t, "/user.slice/a.scope", true); /* the root of all: no cgroup.type */
	assert_true(c.usable && c.cpu && c.memory && c.pids);
	assert_string_equal(c.parent, "");
	runtime_cgroups_done(&c);
	tree_file(&t, "cgroup.type", "domain\n"); /* that of a container, with processes in it */
	c = look_v2(&t, "/", true);
	assert_true(c.usable && c.memory && !c.pids);
	assert_false(c.cpu); /* cpuset is another one */
	runtime_cgroups_done(&c);
}

static void v2_of_a_user(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_file(&t, "u/app/cgroup.procs", "");
	tree_file(&t, "u/app/cgroup.type", "domain\n");
	tree_file(&t, "u/app/cgroup.controllers", "memory pids\n");
	tree_file(&t, "u/app/cgroup.subtree_control", "\n");
	struct runtime_cgroups c = look_v2(&t, "/u/app/a.scope", false);
	assert_true(c.usable && c.memory && c.pids && !c.cpu);
	assert_string_equal(c.parent, "/u/app");
	runtime_cgroups_done(&c);
	c = look_v2(&t, "/session.scope", false); /* its parent has no files here */
	assert_false(c.usable || c.memory);
	assert_string_not_equal(c.why_unusable, "");
	runtime_cgroups_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(v1),
	    cmocka_unit_test(v2_of_root),
	    cmocka_unit_test(v2_of_a_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
