#include "runtime/tree.h"

#include <stdio.h>

#include "runtime/host.h"

static void look(struct tree *t, struct runtime_host *h)
{
	runtime_host_look(t->path, h);
}

static void bare_machine(void **state)
{
	struct tree t = tree_new();
	CLEANUP_RUNTIME_HOST struct runtime_host h;
	look(&t, &h);
	assert_false(h.has_cgroup_namespace || h.apparmor_lacks_profile);
	assert_null(h.apparmor_profile);
	assert_null(h.process_label);
	assert_null(h.mount_label);
	assert_int_equal(h.masked.count, 0);
	tree_done(&t);
}

static void this_machine(void **state)
{
	CLEANUP_RUNTIME_HOST struct runtime_host h;
	runtime_host_look("", &h);
	assert_int_equal(h.has_cgroup_namespace, access("/proc/self/ns/cgroup", F_OK) == 0);
}

static void apparmor(void **state)
{
	static const struct {
		const char *enabled, *profiles, *found;
		bool lacks;
	} cases[] = {
	    {"Y\n", "/usr/bin/man (enforce)\ndocker-default (enforce)\n", "docker-default", false},
	    {"Y\n", "docker-default (complain)", "docker-default", false},
	    {"Y\n", "containers-default-0.50.1 (enforce)\ndocker-default (enforce)\n", "docker-default", false},
	    {"Y\n", "man (enforce)\ncontainers-default-0.50.1 (enforce)\n", "containers-default-0.50.1", false},
	    {"Y\n", "docker-default//x (enforce)\ndocker-defaults (enforce)\nmy-docker-default (enforce)\n", NULL,
	     true},
	    {"Y\n", NULL, NULL, true},
	    {"N\n", "docker-default (enforce)\n", NULL, false},
	    {NULL, "docker-default (enforce)\n", NULL, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tree t = tree_new();
		CLEANUP_RUNTIME_HOST struct runtime_host h;
		if (cases[i].enabled)
			tree_file(&t, "sys/module/apparmor/parameters/enabled", cases[i].enabled);
		if (cases[i].profiles)
			tree_file(&t, "sys/kernel/security/apparmor/profiles", cases[i].profiles);
		look(&t, &h);
		assert_int_equal(h.apparmor_lacks_profile, cases[i].lacks);
		assert_int_equal(h.apparmor_profile != NULL, cases[i].found != NULL);
		if (h.apparmor_profile)
			assert_string_equal(h.apparmor_profile, cases[i].found);
		tree_done(&t);
	}
}

static void selinux_tree(struct tree *t, const char *contexts)
{
	tree_file(t, "sys/fs/selinux/enforce", "1");
	tree_file(t, "etc/selinux/config", "# SELINUXTYPE= can be targeted\nSELINUX=enforcing\nSELINUXTYPE=targeted\n");
	if (contexts)
		tree_file(t, "etc/selinux/targeted/contexts/lxc_contexts", contexts);
}

static void selinux(void **state)
{
	struct tree t = tree_new();
	CLEANUP_RUNTIME_HOST struct runtime_host h;
	unsigned a, b;
	selinux_tree(&t, "ro_file = \"system_u:object_r:container_ro_file_t:s0\"\n"
			 "process = \"system_u:system_r:container_t:s0\"\n"
			 "file = \"system_u:object_r:container_file_t:s0\"\n");
	look(&t, &h);
	assert_int_equal(sscanf(h.process_label, "system_u:system_r:container_t:s0:c%u,c%u", &a, &b), 2);
	assert_true(a < b && b < 1024);
	CLEANUP_FREE char *file = mem_printf("system_u:object_r:container_file_t:s0:c%u,c%u", a, b);
	assert_string_equal(h.mount_label, file);
	tree_done(&t);
}

static void selinux_of_containers_is_missing(void **state)
{
	static const char *const contexts[] = {NULL, "process = \"system_u:system_r:container_t:s0\"\n",
					       "file\nprocess\n"};
	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
		struct tree t = tree_new();
		CLEANUP_RUNTIME_HOST struct runtime_host h;
		selinux_tree(&t, contexts[i]);
		look(&t, &h);
		assert_null(h.process_label);
		assert_null(h.mount_label);
		tree_done(&t);
	}
}

static void throttled_processors_and_cgroups(void **state)
{
	struct tree t = tree_new();
	CLEANUP_RUNTIME_HOST struct runtime_host h;
	tree_file(&t, "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "0\n");
	tree_file(&t, "proc/self/ns/cgroup", "");
	look(&t, &h);
	assert_true(h.has_cgroup_namespace);
	assert_int_equal(h.masked.count, 1);
	assert_string_equal(h.masked.items[0], "/sys/devices/system/cpu/cpu0/thermal_throttle");
	tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bare_machine),
	    cmocka_unit_test(this_machine),
	    cmocka_unit_test(apparmor),
	    cmocka_unit_test(selinux),
	    cmocka_unit_test(selinux_of_containers_is_missing),
	    cmocka_unit_test(throttled_processors_and_cgroups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
