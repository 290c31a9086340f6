#include "unit.h"

#include "report/report.h"

static void notes_are_kept_in_order(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	for (int i = 0; i < 40; i++)
		report_note(&r, "note %d %s", i, "x");
	assert_int_equal(r.n_notes, 40);
	assert_string_equal(r.notes[0], "note 0 x");
	assert_string_equal(r.notes[39], "note 39 x");
}

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
	report_note(&r, "x");
	report_stage_add(&r, "keep", 1);
	report_done(&r);
	assert_null(r.notes);
	assert_int_equal(r.n_notes + r.n_stages, 0);
	report_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(notes_are_kept_in_order),
	    cmocka_unit_test(a_stage_that_comes_again_adds_up),
	    cmocka_unit_test(done_empties),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
