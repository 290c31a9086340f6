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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_dense_and_stable),
	    cmocka_unit_test(any_byte_is_a_key),
	    cmocka_unit_test(sorted_is_byte_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
