#include "unit.h"

#include "run/result.h"

static void results_are_added_and_released(void **state)
{
	struct run_results r = {0};
	for (int i = 0; i < 20; i++) {
		struct run_result *new = run_results_add(&r);
		assert_null(new->command);
		assert_int_equal(new->status + (int)new->steps.count, 0);
		new->command = mem_printf("command %d", i);
		new->failure = mem_strdup("it failed");
		new->status = i;
		exercise_answer_set(&new->output, NULL, "out", 3, 3);
		exercise_log_add(&new->steps, &(struct exercise_step){.kind = EXERCISE_EXEC});
	}
	assert_int_equal(r.count, 20);
	assert_string_equal(r.items[0].command, "command 0");
	assert_int_equal(r.items[19].status, 19);
	run_results_done(&r);
	assert_null(r.items);
	assert_int_equal(r.count, 0);
	run_results_done(&r);
}

static void results_are_appended(void **state)
{
	struct run_results r = {0}, more = {0};
	run_results_add(&r)->status = 1;
	run_results_append(&r, &more);
	run_results_add(&more)->command = mem_strdup("a");
	run_results_add(&more)->status = 3;
	run_results_append(&r, &more);
	assert_int_equal(r.count, 3);
	assert_int_equal(r.items[0].status, 1);
	assert_string_equal(r.items[1].command, "a");
	assert_int_equal(r.items[2].status, 3);
	assert_int_equal(more.count, 0);
	run_results_done(&more);
	run_results_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(results_are_added_and_released),
	    cmocka_unit_test(results_are_appended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
