#include "unit.h"

#include <unistd.h>

#include "run/pressure.h"

/* What the cgroups tell is tested with real ones: tests/integration/test_bounds.py. */

static void nothing_to_watch(void **state)
{
	const struct runtime_cgroups none = {.why_unusable = ""};
	struct run_pressure p;
	run_pressure_open(getpid(), -1, &none, &p);
	assert_int_equal(run_pressure_fd(&p), -1);
	run_pressure_read(&p);
	assert_false(p.out_of_memory || p.out_of_pids);
	run_pressure_done(&p);
}

static void a_process_that_has_ended(void **state)
{
	const struct runtime_cgroups all = {
	    .layout = RUNTIME_CGROUPS_V2, .usable = true, .memory = true, .pids = true, .why_unusable = ""};
	struct run_pressure p;
	run_pressure_open(0x7ffffff0, -1, &all, &p);
	run_pressure_read(&p);
	assert_false(p.out_of_memory || p.out_of_pids);
	run_pressure_done(&p);
	run_pressure_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_to_watch),
	    cmocka_unit_test(a_process_that_has_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
