#include "unit.h"

#include "base/mem.h"
#include "base/strset.h"

static void ids_are_dense_and_stable(void **state)
{
	CLEANUP_STRSET struct strset s = {0};
	for (int i = 0; i < 1000; i++) {
		CLEANUP_FREE char *k = mem_printf("key%d", i);
		assert_int_equal(strset_add(&s, k), i);
	}
	assert_int_equal(strset_find(&s, "key500"), 500);
	assert_int_equal(strset_add(&s, "key999"), 999);
	assert_int_equal(strset_find(&s, "other"), STRSET_NONE);
	assert_int_equal(s.count, 1000);
}

static void any_byte_is_a_key(void **state)
{
	CLEANUP_STRSET struct strset s = {0};
	bool added;
	assert_int_equal(strset_add_len(&s, "a\0b", 3, &added), 0);
	assert_true(added);
	assert_int_equal(strset_add_len(&s, "a", 1, &added), 1);
	assert_int_equal(strset_add_len(&s, "a\0b", 3, &added), 0);
	assert_false(added);
}

static void sorted_is_byte_order(void **state)
{
	CLEANUP_STRSET struct strset s = {0};
	strset_add(&s, "b");
	strset_add(&s, "\xff");
	strset_add(&s, "a/b");
	strset_add(&s, "a");
	CLEANUP_FREE size_t *ids = strset_sorted(&s);
	assert_string_equal(strset_get(&s, ids[0]), "a");
	assert_string_equal(strset_get(&s, ids[1]), "a/b");
	assert_string_equal(strset_get(&s, ids[2]), "b");
	assert_string_equal(strset_get(&s, ids[3]), "\xff");
}

static void directories_above(void **state)
{
	CLEANUP_STRSET struct strset s = {0};
	assert_false(strset_has_at_or_above(&s, "/a", 2));
	strset_add(&s, "/a/b");
	assert_true(strset_has_at_or_above(&s, "/a/b", 4));
	assert_true(strset_has_at_or_above(&s, "/a/b/c/d", 8));
	assert_false(strset_has_at_or_above(&s, "/a/bc", 5));
	assert_false(strset_has_at_or_above(&s, "/a", 2));
	assert_false(strset_has_at_or_above(&s, "", 0));
}

/* A look-up of each directory on its own reads this path some 10^12 times. */
static void a_deep_path_is_read_once(void **state)
{
	CLEANUP_STRSET struct strset s = {0};
	const size_t n = 4u << 20;
	CLEANUP_FREE char *deep = mem_alloc(n + 1);
	for (size_t i = 0; i < n; i++)
		deep[i] = i % 2 ? 'd' : '/';
	strset_add(&s, "/d/e");
	assert_false(strset_has_at_or_above(&s, deep, n));
	strset_add_len(&s, deep, n - 2, NULL);
	assert_true(strset_has_at_or_above(&s, deep, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_dense_and_stable), cmocka_unit_test(any_byte_is_a_key),
	    cmocka_unit_test(sorted_is_byte_order),     cmocka_unit_test(directories_above),
	    cmocka_unit_test(a_deep_path_is_read_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
