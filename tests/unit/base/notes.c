#include "unit.h"

#include "base/notes.h"

static void notes_are_kept_in_order(void **state)
{
	struct notes n = {0};
	for (int i = 0; i < 40; i++)
		notes_add(&n, "test-note", "note %d %s", i, "x");
	assert_int_equal(n.count, 40);
	assert_string_equal(n.items[0].text, "note 0 x");
	assert_string_equal(n.items[39].text, "note 39 x");
	notes_done(&n);
	assert_int_equal(n.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(notes_are_kept_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
