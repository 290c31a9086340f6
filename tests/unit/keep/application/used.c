#include "unit.h"

#include "keep/application/used.h"
#include "keep/kept.h"

static void used(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/src/a.ts", "x");
	image_file(&m, "app/lib/b.h", "x");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	keep_node(&k, image_node(&m, "/app/src/a.ts"), KEEP_WHY(KEEP_TRACE, 0));
	keep_node(&k, image_node(&m, "/app/lib/b.h"), KEEP_WHY(KEEP_CONFIG, IMAGE_NONE)); /* by no run */
	struct keep_used u;
	keep_used_init(&u, &k);
	assert_true(u.below[0]);
	assert_true(u.below[image_node(&m, "/app/src")]);
	assert_false(u.below[image_node(&m, "/app/lib")]);
	assert_false(keep_used_lacks_source(&u, "other.ts"));
	assert_true(keep_used_lacks_source(&u, "other.h"));
	assert_false(keep_used_lacks_source(&u, "page.html"));
	keep_used_done(&u);
}

/* A linter of C gets files of C++, too. */
static void families(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/main.c", "x");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	keep_node(&k, image_node(&m, "/app/main.c"), KEEP_WHY(KEEP_TRACE, 0));
	struct keep_used u;
	keep_used_init(&u, &k);
	assert_false(keep_used_lacks_source(&u, "a.cpp"));
	assert_false(keep_used_lacks_source(&u, "a.h"));
	assert_true(keep_used_lacks_source(&u, "a.go"));
	keep_used_done(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(used), cmocka_unit_test(families)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
