#include "unit.h"

#include "report/report.h"

static void a_stage_that_comes_again_adds_up(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	report_stage_add(&r, "unpack", 5);
	report_stage_add(&r, "record", 7);
	report_stage_add(&r, "unpack", 3);
	assert_int_equal(r.n_stages, 2);
	assert_string_equal(r.stages[0].name, "unpack");
	assert_int_equal(r.stages[0].ms, 8);
	assert_int_equal(r.stages[1].ms, 7);
}

static void done_empties(void **state)
{
	struct report r = {0};
	notes_add(&r.notes, "test-note", "x");
	report_stage_add(&r, "keep", 1);
	report_done(&r);
	assert_int_equal(r.notes.count + r.n_stages, 0);
	report_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_stage_that_comes_again_adds_up),
	    cmocka_unit_test(done_empties),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
