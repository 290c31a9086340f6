#include "unit.h"

#include <signal.h>
#include <stdlib.h>

#include "probe/probe.h"

static void parse_one(const char *text, const char *name, int number, enum probe_signal_when when)
{
	struct probe_signal s;
	assert_int_equal(probe_signal_parse(text, &s, NULL), 0);
	assert_string_equal(s.name, name);
	assert_int_equal(s.number, number);
	assert_int_equal(s.when, when);
	free(s.name);
}

static void forms(void **state)
{
	static const char *const others[] = {"",        "@start", "FOO",     "HUP@",
					     "HUP@end", "KILL",   "SIGSTOP", "HUP@start@start"};
	struct probe_signal s;
	parse_one("HUP", "HUP", SIGHUP, PROBE_SIGNAL_HERE);
	parse_one("SIGUSR1@start", "SIGUSR1", SIGUSR1, PROBE_SIGNAL_AT_START);
	parse_one("12@after-probe", "12", SIGUSR2, PROBE_SIGNAL_AFTER_PROBE);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (probe_signal_parse(others[i], &s, NULL) != -ERR_INVAL)
			fail_msg("\"%s\" is taken", others[i]);
}

static int send(void *ctx, int number, struct err *err)
{
	*(int *)ctx = number;
	return number == SIGHUP ? 0 : err_set(err, ERR_UNPROVEN, "test-failure", "it is deaf");
}

static void it_is_a_step(void **state)
{
	struct probe_signal hup = {.name = (char *)"HUP", .number = SIGHUP},
			    usr1 = {.name = (char *)"USR1", .number = SIGUSR1};
	int sent = 0;
	struct exercise_target t = {.signal = send, .exec_ctx = &sent};
	struct exercise_log log = {0};
	struct err err = {0};
	struct exercise e;
	probe_signal(&hup, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, NULL), 0);
	assert_int_equal(sent, SIGHUP);
	probe_signal(&usr1, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, &err), -ERR_UNPROVEN);
	assert_string_equal(err.msg, "after the signal USR1: it is deaf");
	assert_int_equal(log.count, 2);
	assert_string_equal(log.steps[0].what, "HUP");
	assert_int_equal(log.steps[0].status, 0);
	assert_int_equal(log.steps[1].status, -1);
	exercise_log_done(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms),
	    cmocka_unit_test(it_is_a_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
