#include "unit.h"

#include "sensor/tracees.h"

/* Removal must not lose what collided with the removed one. */
static void table_survives_removals(void **state)
{
	struct tracees t = {0};
	for (pid_t tid = 1; tid <= 500; tid++)
		tracees_get(&t, tid)->program = (uint32_t)tid;
	for (pid_t tid = 1; tid <= 500; tid += 3)
		tracees_remove(&t, tid);
	tracees_remove(&t, 9999);
	for (pid_t tid = 1; tid <= 500; tid++) {
		struct tracee *e = tracees_find(&t, tid);
		if (tid % 3 == 1) {
			assert_null(e);
		} else {
			assert_non_null(e);
			assert_int_equal(e->tid, tid);
			assert_int_equal(e->program, tid);
		}
	}
	assert_int_equal(tracees_count(&t), 333);
	for (size_t i = 0; i < tracees_count(&t); i++)
		assert_int_equal(tracees_item(&t, i)->program, tracees_item(&t, i)->tid);
	tracees_done(&t);
}

static void entries_do_not_move(void **state)
{
	struct tracees t = {0};
	struct tracee *first = tracees_get(&t, 1);
	for (pid_t tid = 2; tid <= 500; tid++)
		tracees_get(&t, tid);
	tracees_remove(&t, 500);
	assert_ptr_equal(tracees_find(&t, 1), first);
	tracees_done(&t);
}

static void unknown_one_starts_empty(void **state)
{
	struct tracees t = {0};
	assert_null(tracees_find(&t, 5));
	struct tracee *e = tracees_get(&t, 5);
	assert_int_equal(e->program, UINT32_MAX);
	assert_false(e->known);
	assert_false(e->contained);
	tracees_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_survives_removals),
	    cmocka_unit_test(entries_do_not_move),
	    cmocka_unit_test(unknown_one_starts_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
