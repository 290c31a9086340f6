#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "run/seccomp.h"

static void each_action(void **state)
{
	const char *names[] = {"a", "b", NULL};
	struct sensor_filter_rule rules[] = {
	    {.names = names, .n_names = 2, .action = SENSOR_FILTER_ALLOW},
	    {.names = names, .n_names = 2, .action = SENSOR_FILTER_TRACE, .n_conditions = 1, .conditions = {{3, 7, 5}}},
	    {.names = names, .n_names = 2, .action = SENSOR_FILTER_TRAP},
	    {.names = names, .n_names = 2, .action = SENSOR_FILTER_ERRNO, .deny_errno = 38},
	};
	static const struct {
		enum oci_runtime_spec_seccomp_action action;
		uint32_t errno_ret;
	} expected[] = {{OCI_SECCOMP_ALLOW, 0},
			{OCI_SECCOMP_TRACE, SENSOR_FILTER_DATA_TRACE},
			{OCI_SECCOMP_TRAP, 0},
			{OCI_SECCOMP_ERRNO, 38}};
	struct sensor_filter filter = {.rules = rules, .count = 4};
	struct runtime_bundle_options out = {0};
	CLEANUP_FREE struct oci_runtime_spec_seccomp_rule *to = run_seccomp_fill(&filter, &out);
	assert_int_equal(out.n_seccomp, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_ptr_equal(to[i].names, names);
		assert_int_equal(to[i].action, expected[i].action);
		assert_int_equal(to[i].errno_ret, expected[i].errno_ret);
		assert_int_equal(to[i].n_args, i == 1);
	}
	assert_int_equal(to[1].args[0].index, 3);
	assert_int_equal(to[1].args[0].mask, 7);
	assert_int_equal(to[1].args[0].value, 5);
	assert_int_equal(out.seccomp_default, OCI_SECCOMP_ERRNO);
	assert_int_equal(out.seccomp_default_errno, ENOSYS);
	assert_non_null(out.seccomp_architectures[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_action)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
