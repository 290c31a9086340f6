#include "unit.h"

#include "report/step/step.h"

static void statuses_and_faults(void **state)
{
	static const struct {
		struct exercise_step step;
		const char *status;
		bool failed;
	} cases[] = {
	    {{.kind = EXERCISE_HTTP, .status = 200}, "200", false},
	    {{.kind = EXERCISE_HTTP, .status = 404}, "404", false},
	    {{.kind = EXERCISE_HTTP, .status = 500}, "500", true},
	    {{.kind = EXERCISE_HTTP, .status = 501, .wish = EXERCISE_WISH_ERROR}, "501", false},
	    {{.kind = EXERCISE_HTTP, .status = 500, .wish = EXERCISE_WISH_GUESS}, "500", false},
	    {{.kind = EXERCISE_HTTP, .status = -1}, "no answer", true},
	    {{.kind = EXERCISE_HOST_EXEC, .status = 0}, "exit 0", false},
	    {{.kind = EXERCISE_HOST_EXEC, .status = 2}, "exit 2", true},
	    {{.kind = EXERCISE_TCP, .status = 0}, "ok", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[32];
		report_step_status(&cases[i].step, text);
		assert_string_equal(text, cases[i].status);
		assert_int_equal(report_step_is_failed(&cases[i].step), cases[i].failed);
	}
}

static void texts_are_escaped_and_cut(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	report_step_text(&b, "a\x1b[1m\n", 100);
	assert_string_equal(b.data, "a\\x1b[1m\\x0a");
	buf_done(&b);
	report_step_text(&b, "aaaa\xc3\xa4", 5);
	assert_string_equal(b.data, "aaaa...");
	report_step_text(&b, NULL, 5);
	assert_string_equal(b.data, "aaaa...");
}

static void sizes(void **state)
{
	char text[32];
	assert_string_equal(report_step_size(999, text), "999 B");
	assert_string_equal(report_step_size(1234, text), "1.2 kB");
	assert_string_equal(report_step_size(12345678, text), "12.3 MB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statuses_and_faults),
	    cmocka_unit_test(texts_are_escaped_and_cut),
	    cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
