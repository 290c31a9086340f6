#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "run/signals.h"

static void names_as_in_image_configs(void **state)
{
	static const struct {
		const char *name;
		int sig;
	} cases[] = {
	    {"SIGQUIT", SIGQUIT}, {"QUIT", SIGQUIT},    {"9", SIGKILL},         {"SIGKILL", SIGKILL},
	    {"", SIGTERM},        {"SIGFOO", SIGTERM},  {"0", SIGTERM},         {"-1", SIGTERM},
	    {"1000", SIGTERM},    {"SIGUSR1", SIGUSR1}, {"SIGWINCH", SIGWINCH},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(run_signal_by_name(cases[i].name), cases[i].sig);
	assert_int_equal(run_signal_by_name("SIGRTMIN"), SIGRTMIN);
	assert_int_equal(run_signal_by_name("SIGRTMIN+3"), SIGRTMIN + 3);
	assert_int_equal(run_signal_by_name("RTMAX-1"), SIGRTMAX - 1);
	assert_int_equal(run_signal_by_name("SIGRTMIN+300"), SIGTERM);
}

static void on_signal(int sig)
{
}

static void only_handled_signals_are_heeded(void **state)
{
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, SIG_DFL);
	assert_true(run_signal_is_heeded(getpid(), SIGUSR1));
	assert_false(run_signal_is_heeded(getpid(), SIGUSR2));
	assert_true(run_signal_is_heeded(getpid(), SIGKILL));
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old); /* for sigwait or signalfd */
	assert_true(run_signal_is_heeded(getpid(), SIGUSR2));
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_as_in_image_configs),
	    cmocka_unit_test(only_handled_signals_are_heeded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
