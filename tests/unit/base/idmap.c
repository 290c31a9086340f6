#include "unit.h"

#include "base/idmap.h"

#define MANY 3000

static void values_stay_with_their_keys(void **state)
{
	CLEANUP_IDMAP struct idmap m = {0};
	bool added;
	assert_null(idmap_find(&m, 0, 0));
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t *v = idmap_at(&m, i % 3, i, &added);
		assert_true(added);
		assert_int_equal(*v, 0);
		*v = i * i;
	}
	for (uint64_t i = 0; i < MANY; i++) {
		assert_int_equal(*idmap_at(&m, i % 3, i, &added), i * i);
		assert_false(added);
		assert_int_equal(*idmap_find(&m, i % 3, i), i * i);
		assert_null(idmap_find(&m, i % 3 + 1, i));
	}
	assert_int_equal(m.count, MANY);
}

static void both_words_count(void **state)
{
	CLEANUP_IDMAP struct idmap m = {0};
	static const uint64_t keys[][2] = {
	    {0, 0},
	    {0, 1},
	    {1, 0},
	    {1, 1},
	    {UINT64_MAX, 0},
	    {0, UINT64_MAX},
	    {UINT64_MAX, UINT64_MAX},
	    {1ull << 32, 0},
	    {0, 1ull << 32},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_true(idmap_add(&m, keys[i][0], keys[i][1]));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_false(idmap_add(&m, keys[i][0], keys[i][1]));
}

/* Removal must not lose what collided with the removed one. */
static void removals_lose_nothing_else(void **state)
{
	CLEANUP_IDMAP struct idmap m = {0};
	idmap_remove(&m, 0, 1);
	for (uint64_t i = 1; i <= MANY; i++)
		*idmap_at(&m, 0, i, NULL) = i;
	for (uint64_t i = 1; i <= MANY; i += 3)
		idmap_remove(&m, 0, i);
	idmap_remove(&m, 0, MANY + 1);
	idmap_remove(&m, 7, 2);
	for (uint64_t i = 1; i <= MANY; i++) {
		uint64_t *v = idmap_find(&m, 0, i);
		if (i % 3 == 1)
			assert_null(v);
		else
			assert_int_equal(*v, i);
	}
	assert_int_equal(m.count, MANY - (MANY + 2) / 3);
}

static void entries_are_in_the_order_of_arrival(void **state)
{
	CLEANUP_IDMAP struct idmap m = {0};
	for (uint64_t i = 0; i < MANY; i++)
		*idmap_at(&m, i, ~i, NULL) = i + 1;
	for (uint64_t i = 0; i < MANY; i++) {
		assert_int_equal(m.items[i].key[0], i);
		assert_int_equal(m.items[i].key[1], ~i);
		assert_int_equal(m.items[i].value, i + 1);
	}
}

static void one_that_was_removed_is_new_again(void **state)
{
	CLEANUP_IDMAP struct idmap m = {0};
	for (int round = 0; round < MANY; round++) {
		bool added;
		uint64_t *v = idmap_at(&m, 0, 5, &added);
		assert_true(added);
		assert_int_equal(*v, 0);
		*v = 9;
		idmap_remove(&m, 0, 5);
		assert_int_equal(m.count, 0);
	}
	assert_true(m.n_slots < 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_stay_with_their_keys),       cmocka_unit_test(both_words_count),
	    cmocka_unit_test(removals_lose_nothing_else),        cmocka_unit_test(entries_are_in_the_order_of_arrival),
	    cmocka_unit_test(one_that_was_removed_is_new_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
