#include "unit.h"

#include <jansson.h>

#include "report/target/target_report.h"

static char evil[] = "GET /\x1b[2J\n", reason[] = "status 500, not 200 to 299", refused[] = "Connection refused";
static char hostile[] = "img\x1b[0m", id[] = "abc";

static struct exercise_step steps[] = {
    {.kind = EXERCISE_HTTP,
     .what = evil,
     .port = 8080,
     .status = 200,
     .ms = 3,
     .answer.bytes = 1234,
     .wish = EXERCISE_WISH_MET},
    {.kind = EXERCISE_HTTP, .what = evil, .port = 8080, .status = 500, .ms = 12, .unexpected = reason},
    {.kind = EXERCISE_HOST_EXEC, .what = id, .status = -1, .error = refused},
    {.kind = EXERCISE_HTTP, .what = id, .port = 8080, .status = 404, .wish = EXERCISE_WISH_ERROR},
};
static const struct run_result run = {.ms = 2340, .steps = {.steps = steps, .count = 4}};
static const struct target_service service = {.pid = 77, .container = {.engine = id, .name = id, .image = hostile}};

static void the_table(void **state)
{
	CLEANUP_REPORT_TARGET struct report_target r = {.target = "web", .service = &service, .run = &run};
	CLEANUP_BUF struct buf b = {0};
	r.trace = (struct report_target_trace){"t.json", 17, 9, false};
	notes_add(&r.notes, "test-note", "bad \x1b");
	report_target_text(&r, &b);
	assert_string_equal(
	    b.data, "target      web, of abc, made from img\\x1b[0m, process 77\n"
		    "\n"
		    "kind       request                   port    status      size      time  expectation\n"
		    "http       GET /\\x1b[2J\\x0a          8080       200    1.2 kB      3 ms  as expected\n"
		    "http       GET /\\x1b[2J\\x0a          8080       500       0 B     12 ms  unexpected: status "
		    "500, not 200 to "
		    "299\n"
		    "host-exec  abc                          - no answer       0 B      0 ms  Connection refused\n"
		    "http       abc                       8080       404       0 B      0 ms  any will do\n"
		    "\n"
		    "sent        4 steps in 2.34 s, 1 as expected, 1 not as expected, 1 failed\n"
		    "trace       t.json, 17 paths, 9 of them in use before; events were lost\n"
		    "note        bad \\x1b\n");
}

static void the_json(void **state)
{
	CLEANUP_REPORT_TARGET struct report_target r = {.target = "web", .service = &service, .run = &run};
	CLEANUP_BUF struct buf b = {0};
	err_set(&r.error, ERR_UNPROVEN, "answer-unexpected", "no");
	report_target_json(&r, &b);
	json_auto_t *v = json_loadb(b.data, b.len, 0, NULL);
	assert_non_null(v);
	assert_string_equal(json_string_value(json_object_get(v, "schema")), "slim.probe-result/v1");
	json_t *all = json_object_get(v, "steps"), *second = json_array_get(all, 1);
	assert_int_equal(json_array_size(all), 4);
	assert_string_equal(json_string_value(json_object_get(second, "unexpected")), reason);
	assert_true(json_is_false(json_object_get(second, "expected")));
	assert_null(json_object_get(second, "first_to_need"));
	assert_true(json_is_null(json_object_get(v, "trace")));
	json_t *target = json_object_get(v, "target"), *error = json_object_get(v, "error");
	assert_int_equal(json_integer_value(json_object_get(target, "pid")), 77);
	assert_string_equal(json_string_value(json_object_get(error, "code")), "answer-unexpected");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_table), cmocka_unit_test(the_json)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
