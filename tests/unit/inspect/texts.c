#include "unit.h"

#include "base/mem.h"
#include "inspect/texts.h"

static void check(const struct inspect_texts *t, size_t place, const char *path, const char *expected)
{
	const struct inspect_text *found = inspect_texts_find(t, place, path);
	assert_int_equal(found != NULL, expected != NULL);
	if (found)
		assert_true(found->n == strlen(expected) && memcmp(found->data, expected, found->n) == 0);
}

static void the_last_of_a_path_counts(void **state)
{
	CLEANUP_INSPECT_TEXTS struct inspect_texts t;
	inspect_texts_init(&t, 2);
	inspect_texts_add(&t, 0, "/a", "one", 3);
	inspect_texts_add(&t, 0, "/b", "", 0);
	inspect_texts_add(&t, 0, "/a", "second", 6);
	inspect_texts_add(&t, 1, "/a", "other", 5);
	check(&t, 0, "/a", "second");
	check(&t, 0, "/b", "");
	check(&t, 1, "/a", "other");
	check(&t, 1, "/b", NULL);
}

static void a_file_that_is_too_large_is_left_out(void **state)
{
	CLEANUP_INSPECT_TEXTS struct inspect_texts t;
	inspect_texts_init(&t, 1);
	inspect_texts_add(&t, 0, "/a", "one", 3);
	inspect_texts_add(&t, 0, "/a", NULL, INSPECT_TEXTS_MAX + 1u); /* not the first one in its place */
	check(&t, 0, "/a", NULL);
	inspect_texts_add(&t, 0, "/b", "two", 3);
	inspect_texts_add(&t, 0, "/c", NULL, INSPECT_TEXTS_MAX - 2u); /* with the other one */
	check(&t, 0, "/b", "two");
	check(&t, 0, "/c", NULL);
}

/* A search among all of them for each does not end. */
static void many_files_take_no_longer(void **state)
{
	CLEANUP_INSPECT_TEXTS struct inspect_texts t;
	inspect_texts_init(&t, 1);
	for (size_t i = 0; i < 400000; i++) {
		CLEANUP_FREE char *path = mem_printf("/some/directory/%zu/package.json", i);
		inspect_texts_add(&t, 0, path, "x", 1);
		check(&t, 0, path, "x");
	}
	for (size_t i = 0; i < 400000; i++)
		check(&t, 0, "/some/directory/0/package.json", "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_last_of_a_path_counts),
	    cmocka_unit_test(a_file_that_is_too_large_is_left_out),
	    cmocka_unit_test(many_files_take_no_longer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
