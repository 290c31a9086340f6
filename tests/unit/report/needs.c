#include "unit.h"

#include <string.h>

#include "keep/kept.h"
#include "report/needs.h"

/* What a run did: each path is first opened, or only named, in a step. */
static void use(struct trace *t, uint16_t step, const char *path, uint32_t kinds)
{
	t->step = step;
	trace_add(t, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_EBPF);
	t->step = 0;
}

static uint16_t step_of(const struct trace *t, const char *path)
{
	return t->entries[strset_find_len(&t->paths, path, strlen(path))].step;
}

static void the_first_opening_counts(void **state)
{
	CLEANUP_TRACE struct trace t = {0}, next = {0};
	use(&t, 0, "/start", TRACE_OPEN | TRACE_OPENED);
	use(&t, 1, "/start", TRACE_OPEN | TRACE_OPENED);
	use(&t, 0, "/looked-at", TRACE_STAT);
	use(&t, 1, "/named", TRACE_STAT);
	use(&t, 2, "/looked-at", TRACE_OPEN | TRACE_OPENED);
	use(&t, 3, "/looked-at", TRACE_OPEN | TRACE_OPENED);
	use(&next, 4, "/start", TRACE_OPEN | TRACE_OPENED);
	use(&next, 4, "/named", TRACE_OPEN | TRACE_OPENED);
	use(&next, 5, "/new", TRACE_STAT);
	assert_int_equal(step_of(&t, "/named"), 1);
	trace_merge(&t, &next);
	assert_int_equal(step_of(&t, "/start"), 0);
	assert_int_equal(step_of(&t, "/looked-at"), 2);
	assert_int_equal(step_of(&t, "/named"), 4);
	assert_int_equal(step_of(&t, "/new"), 5);
	assert_int_equal(t.step, 0);
}

static void add_runs(struct run_results *runs, size_t n_runs, size_t n_steps)
{
	for (size_t i = 0; i < n_runs; i++) {
		struct run_result *run = run_results_add(runs);
		for (size_t j = 0; j < n_steps; j++)
			exercise_log_add(&run->steps, &(struct exercise_step){.what = NULL});
	}
}

/* Of two runs with two steps each. */
static void files_by_step(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_EVIDENCE struct evidence e;
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p = {0};
	CLEANUP_REPORT struct report r = {0};
	image_init(&m);
	image_file(&m, "bin/start", "12");
	image_file(&m, "lib/first", "1234");
	image_file(&m, "lib/second", "12345678");
	image_file(&m, "lib/of-second", "1");
	image_file(&m, "lib/of-that", "12");
	image_file(&m, "etc/asked", "123");
	image_index(&m);
	use(&t, 0, "/bin/start", TRACE_EXEC | TRACE_OPENED);
	use(&t, 1, "/lib/first", TRACE_OPEN | TRACE_OPENED);
	use(&t, 4, "/lib/second", TRACE_OPEN | TRACE_OPENED);
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	keep_trace(&k, &e);
	keep_node(&k, image_node(&m, "/lib/of-second"), KEEP_WHY(KEEP_LIBRARY, image_node(&m, "/lib/second")));
	keep_node(&k, image_node(&m, "/lib/of-that"), KEEP_WHY(KEEP_LIBRARY, image_node(&m, "/lib/of-second")));
	keep_node(&k, image_node(&m, "/etc/asked"),
		  KEEP_WHY_NOTED(KEEP_POLICY, IMAGE_NONE, keep_note(&k, "--include")));
	CLEANUP_FREE uint16_t *steps = report_needs_steps(&k, &t);
	assert_int_equal(steps[image_node(&m, "/bin/start")], 0);
	assert_int_equal(steps[image_node(&m, "/lib/first")], 1);
	assert_int_equal(steps[image_node(&m, "/lib/of-that")], 4);
	assert_int_equal(steps[image_node(&m, "/etc/asked")], 0);
	add_runs(&r.runs, 2, 2);
	report_needs_fill(&k, &p, steps, &r.runs, &r.needs);
	assert_int_equal(r.needs.count, 4);
	assert_int_equal(r.needs.items[0].bytes, 4);
	assert_int_equal(r.needs.items[1].files, 0);
	assert_int_equal(r.needs.items[3].files, 3);
	assert_int_equal(r.needs.items[3].bytes, 11);
	assert_null(r.needs.items[3].package);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_opening_counts),
	    cmocka_unit_test(files_by_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
