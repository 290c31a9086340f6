#include "unit.h"

#include "cmd/explore/canvas/layout.h"

/* At every size the parts follow each other, and the list has at least one row. */
static void parts_do_not_overlap(void **state)
{
	for (size_t rows = EXPLORE_LEAST_ROWS; rows < 200; rows++) {
		const struct explore_layout l = explore_layout(80, rows);
		assert_true(l.fits && l.list >= 1 && l.n_details >= 1);
		assert_true(l.top > l.columns && l.top >= EXPLORE_TEXT_TOP);
		assert_int_equal(l.top + l.list, l.details);
		assert_int_equal(l.details + l.n_details, l.foot);
		assert_int_equal(EXPLORE_TEXT_TOP + l.text, l.foot);
		assert_int_equal(l.foot, rows - 1);
	}
}

static void small_terminals(void **state)
{
	assert_false(explore_layout(EXPLORE_LEAST_COLUMNS - 1, 24).fits);
	assert_false(explore_layout(80, EXPLORE_LEAST_ROWS - 1).fits);
	assert_int_equal(explore_layout(80, 24).list, 17);
	assert_int_equal(explore_layout(40, 10).list, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_do_not_overlap),
	    cmocka_unit_test(small_terminals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
