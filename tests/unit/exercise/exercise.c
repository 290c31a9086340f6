#include "unit.h"

#include "exercise/exercise.h"

static void steps_stay_in_order(void **state)
{
	struct exercise_log log = {0};
	for (int i = 0; i < 100; i++) {
		struct exercise_step s = {.kind = EXERCISE_EXEC,
					  .what = mem_printf("step %d", i),
					  .status = i,
					  .error = i % 2 ? mem_strdup("e") : NULL,
					  .unexpected = i % 3 ? mem_strdup("u") : NULL};
		exercise_log_add(&log, &s);
	}
	assert_int_equal(log.count, 100);
	assert_string_equal(log.steps[99].what, "step 99");
	assert_int_equal(log.steps[50].status, 50);
	assert_null(log.steps[50].error);
	exercise_log_done(&log);
	assert_int_equal(log.count, 0);
	assert_null(log.steps);
	exercise_log_done(&log);
}

static void kinds_have_names(void **state)
{
	static const char *const names[] = {"http", "exec", "host-exec", "healthcheck", "client",
					    "tcp",  "unix", "ready",     "signal"};
	assert_int_equal(sizeof(names) / sizeof(*names), EXERCISE_KINDS);
	for (int i = 0; i < EXERCISE_KINDS; i++) {
		assert_string_equal(exercise_kind_name((enum exercise_kind)i), names[i]);
		assert_int_equal(exercise_kind_is_command((enum exercise_kind)i),
				 i >= EXERCISE_EXEC && i <= EXERCISE_HEALTHCHECK);
	}
}

static void each_port_has_its_address(void **state)
{
	static const struct oci_port ports[] = {{80, false}, {443, false}};
	static const char *const hosts[] = {"::1", "10.0.0.2"};
	struct exercise_target t = {.host = "127.0.0.1", .ports = ports, .n_ports = 2};
	assert_string_equal(exercise_target_host(&t, 443), "127.0.0.1");
	t.hosts = hosts;
	assert_string_equal(exercise_target_host(&t, 80), "::1");
	assert_string_equal(exercise_target_host(&t, 443), "10.0.0.2");
	assert_string_equal(exercise_target_host(&t, 8080), "127.0.0.1");
	CLEANUP_FREE char *address = exercise_target_address(&t, 80), *plain = exercise_target_authority(&t, 80);
	assert_string_equal(address, "[::1]:80");
	assert_string_equal(plain, "[::1]:80");
	t.name = "service.test";
	CLEANUP_FREE char *named = exercise_target_authority(&t, 80);
	assert_string_equal(named, "service.test:80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_port_has_its_address),
	    cmocka_unit_test(kinds_have_names),
	    cmocka_unit_test(steps_stay_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
