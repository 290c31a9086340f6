#include "unit.h"

#include "verify/verdict.h"

static void a_round_is_forgotten_what_was_healed_is_not(void **state)
{
	struct verify_verdict v = {.equal_steps = 3, .equal_runs = 1, .rounds = 1};
	verify_difference_add(&v, "a", "status", "1", "2");
	verify_lookup_add(&v, "/x", NULL);
	verify_healed_add(&v, "/z", "why", 1);
	strlist_add(&v.variable, "v");
	verify_verdict_forget(&v);
	assert_int_equal(v.n_differences + v.n_lookups + v.variable.count + v.equal_steps + v.equal_runs, 0);
	assert_int_equal(v.n_healed, 1);
	verify_verdict_done(&v);
	assert_int_equal(v.n_healed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_round_is_forgotten_what_was_healed_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
