#include "unit.h"

#include <pthread.h>
#include <stdio.h>

#include "base/timings.h"

static void what_begins_inside_is_a_part(void **state)
{
	CLEANUP_TIMINGS struct timings *t = timings_new();
	size_t count;
	const size_t whole = timings_enter(t, "record", NULL), inner = timings_enter(t, "container", NULL);
	const size_t part = timings_begin(t, "start", "the runtime"), apart = timings_begin_apart(t, "index", NULL);
	timings_end(t, inner);
	const size_t later = timings_begin(t, "later", NULL);
	timings_end(t, whole);
	const size_t after = timings_begin(t, "after", NULL);
	struct timings_step *s = timings_steps(t, &count);
	assert_int_equal(count, 6);
	assert_true(s[whole].part_of == TIMINGS_NONE && s[apart].part_of == TIMINGS_NONE &&
		    s[after].part_of == TIMINGS_NONE);
	assert_int_equal(s[inner].part_of, whole);
	assert_int_equal(s[part].part_of, inner);
	assert_int_equal(s[part].depth, 2);
	assert_int_equal(s[later].part_of, whole);
	assert_string_equal(s[part].waits_for, "the runtime");
	assert_true(s[part].from >= s[inner].from && s[part].to <= s[inner].to);
	timings_steps_free(s, count);
}

static void the_end_of_a_whole_ends_its_open_parts(void **state)
{
	CLEANUP_TIMINGS struct timings *t = timings_new();
	size_t count;
	const size_t whole = timings_enter(t, "record", NULL), inner = timings_enter(t, "container", NULL);
	const size_t part = timings_begin(t, "start", NULL);
	timings_end(t, whole); /* as after a failure */
	struct timings_step *s = timings_steps(t, &count);
	assert_int_equal(s[part].to, s[whole].to);
	assert_int_equal(s[inner].to, s[whole].to);
	timings_steps_free(s, count);
	timings_end(t, part);
	const size_t next = timings_begin(t, "keep", NULL);
	s = timings_steps(t, &count);
	assert_int_equal(s[part].to, s[whole].to);
	assert_true(s[next].part_of == TIMINGS_NONE);
	timings_steps_free(s, count);
}

static void next_ends_the_one_before(void **state)
{
	CLEANUP_TIMINGS struct timings *t = timings_new();
	size_t count, step = TIMINGS_NONE;
	timings_next(t, &step, "a", NULL);
	timings_next(t, &step, "b", NULL);
	timings_next(t, &step, NULL, NULL);
	assert_true(step == TIMINGS_NONE);
	struct timings_step *s = timings_steps(t, &count);
	assert_int_equal(count, 2);
	assert_true(s[0].to <= s[1].from);
	timings_steps_free(s, count);
}

static void nobody_asks(void **state)
{
	size_t count, step = timings_enter(NULL, "a", NULL);
	assert_true(step == TIMINGS_NONE);
	timings_next(NULL, &step, "b", NULL);
	timings_end(NULL, step);
	assert_null(timings_steps(NULL, &count));
	assert_int_equal(count, 0);
}

static void beside_is_a_millisecond_in_common(void **state)
{
	const struct timings_step s[] = {
	    {.part_of = TIMINGS_NONE, .from = 0, .to = 10000},
	    {.part_of = 0, .depth = 1, .from = 1000, .to = 9000},
	    {.part_of = TIMINGS_NONE, .from = 8000, .to = 20000},
	    {.part_of = TIMINGS_NONE, .from = 19001, .to = 30000},
	};
	assert_false(timings_beside(s, 0, 1));
	assert_false(timings_beside(s, 1, 0));
	assert_true(timings_beside(s, 1, 2) && timings_beside(s, 2, 0));
	assert_false(timings_beside(s, 2, 3));
	assert_false(timings_beside(s, 0, 3));
}

#define THREADS 8
#define STEPS 1000 /* more than are recorded, over all threads */

static void *work(void *ctx)
{
	for (int i = 0; i < STEPS; i++)
		timings_end(ctx, timings_begin(ctx, "work", NULL));
	return NULL;
}

static void threads_share_it_within_a_bound(void **state)
{
	CLEANUP_TIMINGS struct timings *t = timings_new();
	pthread_t threads[THREADS];
	size_t count;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, t), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	struct timings_step *s = timings_steps(t, &count);
	assert_int_equal(count, TIMINGS_MAX);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(s[i].name, "work");
	timings_steps_free(s, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_begins_inside_is_a_part),
	    cmocka_unit_test(the_end_of_a_whole_ends_its_open_parts),
	    cmocka_unit_test(next_ends_the_one_before),
	    cmocka_unit_test(nobody_asks),
	    cmocka_unit_test(beside_is_a_millisecond_in_common),
	    cmocka_unit_test(threads_share_it_within_a_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
