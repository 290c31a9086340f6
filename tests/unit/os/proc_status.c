#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "os/proc_status.h"

static void on_signal(int sig)
{
}

static uint64_t bit(int sig)
{
	return 1ull << (sig - 1);
}

static void signals_are_told_apart(void **state)
{
	struct proc_status s;
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	signal(SIGUSR1, on_signal);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	assert_true(proc_status_read(gettid(), &s));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	signal(SIGUSR1, SIG_DFL);
	assert_true(s.handled & bit(SIGUSR1));
	assert_false(s.handled & bit(SIGUSR2));
	assert_true(s.blocked & bit(SIGUSR2));
	assert_false(s.blocked & bit(SIGUSR1));
}

static void *read_own(void *arg)
{
	struct proc_status *s = arg;
	return proc_status_read(gettid(), s) && gettid() != getpid() ? s : NULL;
}

static void a_thread_names_its_process(void **state)
{
	struct proc_status s;
	pthread_t thread;
	void *result;
	assert_int_equal(pthread_create(&thread, NULL, read_own, &s), 0);
	pthread_join(thread, &result);
	assert_non_null(result);
	assert_int_equal(s.process, getpid());
}

static void one_that_is_gone(void **state)
{
	struct proc_status s = {.process = 1};
	assert_false(proc_status_read(INT32_MAX, &s));
	assert_int_equal(s.process, 0);
	assert_int_equal(s.seccomp_filters, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signals_are_told_apart),
	    cmocka_unit_test(a_thread_names_its_process),
	    cmocka_unit_test(one_that_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
