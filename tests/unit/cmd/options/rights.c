#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/options/rights.h"

/* NULL = it is taken; else a part of the message. */
static void rights_one(const char *member, const char *value, enum runtime_network network, const char *why)
{
	struct rights_flags f = {0};
	struct rights r = {0};
	CLEANUP_STRLIST struct strlist env = {0};
	struct runtime_bundle_options o = {.network = network};
	struct err err = {0};
	if (strcmp(member, "shm") == 0)
		f.shm_size = value;
	else if (strcmp(member, "gpus") == 0)
		f.gpus = value;
	else
		strlist_add(strcmp(member, "sysctl") == 0 ? &f.sysctls
			    : strcmp(member, "add") == 0  ? &f.cap_add
							  : &f.cap_drop,
			    value);
	int rc = rights_use(&f, &r, &env, &o, &err);
	assert_int_equal(rc == 0, !why);
	if (why && !strstr(err.msg, why))
		fail_msg("%s: %s, not %s", value, err.msg, why);
	assert_int_equal(o.gpus, f.gpus != NULL);
	rights_done(&r);
	rights_flags_done(&f);
}

static void capabilities(void **state)
{
	rights_one("add", "net_admin", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("drop", "ALL", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("drop", "everything", RUNTIME_NETWORK_PRIVATE, "--cap-drop takes");
	rights_one("add", "everything", RUNTIME_NETWORK_PRIVATE, "--cap-add takes");
}

static void kernel_parameters(void **state)
{
	rights_one("sysctl", "kernel.msgmax=65536", RUNTIME_NETWORK_HOST, NULL);
	rights_one("sysctl", "fs.mqueue.msg_max=20", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("sysctl", "net.core.somaxconn=1024", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("sysctl", "net.core.somaxconn=1024", RUNTIME_NETWORK_BRIDGE, NULL);
	rights_one("sysctl", "net.core.somaxconn=1024", RUNTIME_NETWORK_HOST, "does not belong to the container");
	rights_one("sysctl", "net.core.somaxconn=1024", RUNTIME_NETWORK_JOINED, "does not belong to the container");
	rights_one("sysctl", "kernel.hostname=x", RUNTIME_NETWORK_PRIVATE, "--sysctl takes");
	rights_one("sysctl", "vm.swappiness=1", RUNTIME_NETWORK_PRIVATE, "--sysctl takes");
	rights_one("sysctl", "kernel.sem", RUNTIME_NETWORK_PRIVATE, "--sysctl takes");
	rights_one("sysctl", "net...kernel.x=1", RUNTIME_NETWORK_PRIVATE, "--sysctl takes");
	rights_one("sysctl", "net.=1", RUNTIME_NETWORK_PRIVATE, "--sysctl takes");
}

static void memory_and_gpus(void **state)
{
	rights_one("shm", "256m", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("shm", "0", RUNTIME_NETWORK_PRIVATE, "--shm-size takes");
	rights_one("shm", "much", RUNTIME_NETWORK_PRIVATE, "--shm-size");
	rights_one("gpus", "all", RUNTIME_NETWORK_PRIVATE, NULL);
	rights_one("gpus", "some", RUNTIME_NETWORK_PRIVATE, "--gpus takes");
}

static void the_runtime_of_gpus(void **state)
{
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	struct rights_flags f = {0};
	const char *runtime = NULL;
	struct err err = {0};
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(rights_runtime(&f, &runtime, &err), 0);
	assert_null(runtime);
	f.gpus = "all";
	assert_int_equal(rights_runtime(&f, &runtime, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "gpus-unavailable");
	runtime = "mine";
	assert_int_equal(rights_runtime(&f, &runtime, &err), 0);
	assert_string_equal(runtime, "mine");
	setenv("PATH", before, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(capabilities),
	    cmocka_unit_test(kernel_parameters),
	    cmocka_unit_test(memory_and_gpus),
	    cmocka_unit_test(the_runtime_of_gpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
