#include "unit.h"

#include "sensor/ptrace/tracees.h"

/* Removal must not lose what collided with the removed one. */
static void table_survives_removals(void **state)
{
	struct ptrace_tracees t = {0};
	for (pid_t tid = 1; tid <= 500; tid++)
		ptrace_tracees_get(&t, tid)->program = (uint32_t)tid;
	for (pid_t tid = 1; tid <= 500; tid += 3)
		ptrace_tracees_remove(&t, tid);
	ptrace_tracees_remove(&t, 9999);
	for (pid_t tid = 1; tid <= 500; tid++) {
		struct ptrace_tracee *e = ptrace_tracees_find(&t, tid);
		if (tid % 3 == 1) {
			assert_null(e);
		} else {
			assert_non_null(e);
			assert_int_equal(e->tid, tid);
			assert_int_equal(e->program, tid);
		}
	}
	assert_int_equal(ptrace_tracees_count(&t), 333);
	for (size_t i = 0; i < ptrace_tracees_count(&t); i++)
		assert_int_equal(ptrace_tracees_item(&t, i)->program, ptrace_tracees_item(&t, i)->tid);
	ptrace_tracees_done(&t);
}

static void entries_do_not_move(void **state)
{
	struct ptrace_tracees t = {0};
	struct ptrace_tracee *first = ptrace_tracees_get(&t, 1);
	for (pid_t tid = 2; tid <= 500; tid++)
		ptrace_tracees_get(&t, tid);
	ptrace_tracees_remove(&t, 500);
	assert_ptr_equal(ptrace_tracees_find(&t, 1), first);
	ptrace_tracees_done(&t);
}

static void unknown_one_starts_empty(void **state)
{
	struct ptrace_tracees t = {0};
	assert_null(ptrace_tracees_find(&t, 5));
	struct ptrace_tracee *e = ptrace_tracees_get(&t, 5);
	assert_int_equal(e->program, UINT32_MAX);
	assert_false(e->known);
	assert_false(e->contained);
	ptrace_tracees_done(&t);
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
