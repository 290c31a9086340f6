#include "unit.h"

#include <signal.h>

#include "base/thread.h"

static void *read_mask(void *arg)
{
	pthread_sigmask(SIG_SETMASK, NULL, arg);
	return NULL;
}

static void blocks_signals_only_in_the_thread(void **state)
{
	sigset_t before, after, there;
	pthread_t thread;
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(thread_start(&thread, read_mask, &there), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (int s = 1; s < SIGRTMIN; s++) {
		assert_int_equal(sigismember(&after, s), s == SIGUSR2);
		assert_int_equal(sigismember(&there, s), s != SIGKILL && s != SIGSTOP && s != 32 && s != 33);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blocks_signals_only_in_the_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
