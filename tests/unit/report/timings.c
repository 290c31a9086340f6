#include "unit.h"

#include <string.h>

#include "report/timings.h"
#include "text/json.h"

static struct timings *a_build(void)
{
	struct timings *t = timings_new();
	const size_t fetch = timings_enter(t, "fetch", NULL);
	timings_end(t, timings_begin(t, "open the \033source", "the engine"));
	timings_end(t, fetch);
	timings_end(t, timings_begin_apart(t, "index", NULL));
	return t;
}

static void a_line_for_each_step(void **state)
{
	CLEANUP_TIMINGS struct timings *t = a_build();
	CLEANUP_BUF struct buf b = {0};
	report_timings_text(t, &b);
	assert_non_null(strstr(b.data, "  fetch\n"));
	assert_non_null(strstr(b.data, "    open the \\x1bsource: waits for the engine\n"));
	assert_non_null(strstr(b.data, "  index\n"));
	assert_null(strstr(b.data, "beside"));
}

static void the_member_of_the_report(void **state)
{
	CLEANUP_TIMINGS struct timings *t = a_build();
	json_auto_t *all = report_timings_json(t);
	const json_t *fetch = json_array_get(all, 0), *open = json_array_get(all, 1);
	assert_int_equal(json_array_size(all), 3);
	assert_true(json_is_null(json_object_get(fetch, "part_of")) &&
		    json_is_null(json_object_get(fetch, "waits_for")));
	assert_int_equal(json_integer_value(json_object_get(open, "part_of")), 0);
	assert_true(json_is_integer(json_object_get(open, "part_of")));
	assert_string_equal(json_string_value(json_object_get(open, "waits_for")), "the engine");
	assert_true(json_is_integer(json_object_get(open, "begin_ms")) && json_is_integer(json_object_get(open, "ms")));
	assert_int_equal(json_array_size(json_object_get(open, "beside")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_for_each_step),
	    cmocka_unit_test(the_member_of_the_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
