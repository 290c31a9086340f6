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

static void notes_are_taken_once(void **state)
{
	struct notes n = {0}, more = {0};
	notes_add(&n, "test-note", "first");
	notes_add(&more, "test-note", "second");
	notes_add(&more, "test-note", "first");
	notes_take(&n, &more);
	assert_int_equal(more.count, 0);
	assert_int_equal(n.count, 2);
	assert_string_equal(n.items[1].text, "second");
	notes_done(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(notes_are_kept_in_order),
	    cmocka_unit_test(notes_are_taken_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
