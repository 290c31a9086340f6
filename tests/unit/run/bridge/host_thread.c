#include "unit.h"

#include <pthread.h>

#include "run/bridge/host_thread.h"

static int add(void *arg)
{
	int *n = arg;
	return ++*n;
}

static int who(void *arg)
{
	*(pthread_t *)arg = pthread_self();
	return 0;
}

static void calls_are_made_in_one_other_thread(void **state)
{
	struct run_host_thread *t = NULL;
	pthread_t first, second;
	int n = 0;
	assert_int_equal(run_host_thread_start(&t, NULL), 0);
	for (int i = 1; i <= 100; i++)
		assert_int_equal(run_host_thread_call(t, add, &n), i);
	assert_int_equal(run_host_thread_call(t, who, &first), 0);
	assert_int_equal(run_host_thread_call(t, who, &second), 0);
	assert_true(pthread_equal(first, second));
	assert_false(pthread_equal(first, pthread_self()));
	run_host_thread_end(t);
	run_host_thread_end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_are_made_in_one_other_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
