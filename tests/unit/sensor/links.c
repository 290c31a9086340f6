#include "unit.h"

#include "sensor/links.h"

/* want: NULL = no symlink is there; "?" = nothing is known. */
static void expect(const struct links *l, const char *path, const char *want)
{
	const char *target = NULL;
	enum links_state state = links_find(l, path, &target);
	if (want && strcmp(want, "?") == 0) {
		assert_int_equal(state, LINKS_UNKNOWN);
	} else if (!want) {
		assert_int_equal(state, LINKS_NONE);
	} else {
		assert_int_equal(state, LINKS_LINK);
		assert_string_equal(target, want);
	}
}

static void links_are_made_and_removed(void **state)
{
	struct links l = {0};
	expect(&l, "/a", "?");
	links_set(&l, "/a", "target");
	expect(&l, "/a", "target");
	links_set(&l, "/a", "other");
	expect(&l, "/a", "other");
	links_set(&l, "/a", NULL);
	expect(&l, "/a", NULL);
	links_done(&l);
}

static void what_moves_takes_what_is_below(void **state)
{
	struct links l = {0};
	links_set(&l, "/d/one", "1");
	links_set(&l, "/d/sub/two", "2");
	links_set(&l, "/d2/three", "3");
	links_set(&l, "/e/one", "old");
	links_move(&l, "/d", "/e");
	expect(&l, "/e/one", "1");
	expect(&l, "/e/sub/two", "2");
	expect(&l, "/d/one", NULL);
	expect(&l, "/d/sub/two", NULL);
	expect(&l, "/d", NULL);
	expect(&l, "/d2/three", "3");
	links_set(&l, "/link", "t");
	links_move(&l, "/link", "/e/one");
	expect(&l, "/e/one", "t");
	expect(&l, "/link", NULL);
	links_done(&l);
}

static void what_is_exchanged_swaps(void **state)
{
	struct links l = {0};
	links_set(&l, "/a", "1");
	links_set(&l, "/b", NULL); /* a file */
	links_exchange(&l, "/a", "/b");
	expect(&l, "/b", "1");
	expect(&l, "/a", NULL);
	links_set(&l, "/d/x", "2");
	links_exchange(&l, "/d", "/b");
	expect(&l, "/b/x", "2");
	expect(&l, "/d", "1");
	expect(&l, "/d/x", NULL);
	links_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_are_made_and_removed),
	    cmocka_unit_test(what_moves_takes_what_is_below),
	    cmocka_unit_test(what_is_exchanged_swaps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
