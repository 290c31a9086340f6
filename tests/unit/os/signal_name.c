#include "unit.h"

#include <signal.h>

#include "os/signal_name.h"

static void numbers(void **state)
{
	assert_int_equal(signal_name_number("SIGQUIT"), SIGQUIT);
	assert_int_equal(signal_name_number("HUP"), SIGHUP);
	assert_int_equal(signal_name_number("9"), SIGKILL);
	assert_int_equal(signal_name_number("SIGRTMIN"), SIGRTMIN);
	assert_int_equal(signal_name_number("SIGRTMIN+3"), SIGRTMIN + 3);
	assert_int_equal(signal_name_number("RTMAX-1"), SIGRTMAX - 1);
}

static void other_texts(void **state)
{
	static const char *const others[] = {"",       "0",  "-1",           "1000",     "SIG",     "HUPS", "hup",
					     "SIGFOO", "1 ", "SIGRTMIN+300", "RTMIN+1x", "RTMAX+1", " HUP"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal_name_number(others[i]))
			fail_msg("\"%s\" is %d", others[i], signal_name_number(others[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(other_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
