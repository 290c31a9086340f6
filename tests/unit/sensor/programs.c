/* What is loaded ahead goes from one to the next. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/programs.h"

static void *taken(struct sensor_programs *p)
{
	struct err err = {0};
	void *loaded = NULL;
	assert_int_equal(sensor_programs_take(p, &loaded, &err), 0);
	assert_non_null(loaded);
	return loaded;
}

static void ptrace_loads_nothing(void **state)
{
	assert_null(sensor_programs_begin(SENSOR_PTRACE, NULL));
	sensor_programs_give(NULL, NULL, true);
	sensor_programs_free(NULL);
}

static void it_is_used_again(void **state)
{
	struct sensor_programs *p = sensor_programs_begin(SENSOR_AUTO, NULL);
	void *first = taken(p);
	sensor_programs_give(p, first, true);
	assert_ptr_equal(taken(p), first);
	void *second = taken(p); /* the first is in use */
	assert_ptr_not_equal(second, first);
	sensor_programs_give(p, second, true);
	sensor_programs_give(p, first, true); /* one is enough */
	assert_ptr_equal(taken(p), second);
	sensor_programs_give(p, second, true);
	sensor_programs_free(p);
}

static void what_is_not_clean_is_not_used_again(void **state)
{
	struct sensor_programs *p = sensor_programs_begin(SENSOR_AUTO, NULL);
	sensor_programs_give(p, taken(p), false);
	sensor_programs_give(p, taken(p), true); /* loaded anew */
	sensor_programs_free(p);
}

static void nobody_may_want_it(void **state)
{
	sensor_programs_free(sensor_programs_begin(SENSOR_EBPF, NULL));
}

int main(void)
{
	struct err err = {0};
	void *loaded = NULL;
	if (sensor_programs_take(NULL, &loaded, &err) < 0) {
		const char *required = getenv("SLIM_TEST_REQUIRE");
		fprintf(stderr, "%s\n", err.msg);
		puts("1..0 # SKIP no eBPF");
		return required && strstr(required, "ebpf");
	}
	sensor_programs_give(NULL, loaded, true);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ptrace_loads_nothing),
	    cmocka_unit_test(it_is_used_again),
	    cmocka_unit_test(what_is_not_clean_is_not_used_again),
	    cmocka_unit_test(nobody_may_want_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
