#include "unit.h"

#include "run/expectation.h"

static void end_one(const struct run_expectation *e, enum run_end end, int status, size_t nth, const char *message)
{
	char command[] = "job";
	const struct run_result run = {.command = command, .end = end, .status = status};
	struct err err = {0};
	assert_int_equal(run_expectation_end(e, &run, nth, &err), message ? -ERR_UNPROVEN : 0);
	if (message)
		assert_non_null(strstr(err.msg, message));
}

static void ends(void **state)
{
	const struct run_expectation usual = {0};
	end_one(&usual, RUN_END_ITSELF, 0, 0, NULL);
	end_one(&usual, RUN_END_ITSELF, 3, 0, "`job` ended with status 3 instead of 0");
	end_one(&usual, RUN_END_ITSELF, 137, 0, "137");
	end_one(&usual, RUN_END_STOPPED, 143, 0, NULL);
	end_one(&usual, RUN_END_KILLED, 137, 0, NULL);
	int one[] = {1}, many[] = {0, 2};
	const struct run_expectation single = {.statuses = one, .n_statuses = 1};
	end_one(&single, RUN_END_ITSELF, 1, 7, NULL);
	end_one(&single, RUN_END_ITSELF, 0, 0, "instead of 1");
	end_one(&single, RUN_END_ITSELF, 0, SIZE_MAX, NULL);
	end_one(&single, RUN_END_ITSELF, 1, SIZE_MAX, "instead of 0");
	const struct run_expectation each = {.statuses = many, .n_statuses = 2};
	end_one(&each, RUN_END_ITSELF, 0, 0, NULL);
	end_one(&each, RUN_END_ITSELF, 2, 1, NULL);
	end_one(&each, RUN_END_ITSELF, 2, 0, "instead of 0");
}

/* The statuses of HTTP requests, 0 behind the last. id: of the error, NULL = there is none. */
static void http_one(const struct run_expectation *e, const char *id, const int *statuses)
{
	struct run_result run = {0};
	struct err err = {0};
	const struct exercise_step other = {.kind = EXERCISE_EXEC, .what = mem_strdup("x"), .status = 1};
	exercise_log_add(&run.steps, &other);
	for (; *statuses; statuses++) {
		const struct exercise_step s = {
		    .kind = EXERCISE_HTTP, .what = mem_strdup("GET /"), .status = *statuses};
		exercise_log_add(&run.steps, &s);
	}
	assert_int_equal(run_expectation_http(e, &run, &err), id ? -ERR_UNPROVEN : 0);
	assert_string_equal(err.id, id ? id : "");
	exercise_log_done(&run.steps);
}
#define HTTP(e, id, ...) http_one(e, id, (const int[]){__VA_ARGS__ 0})

static void answers(void **state)
{
	const struct run_expectation off = {0}, usual = {.http_below = 500},
				     asked = {.http_answered = true, .http_below = 500},
				     named = {.http_sent = true, .http_answered = true, .http_below = 400},
				     strict = {.http_no_4xx = true, .http_no_5xx = true};
	HTTP(&off, NULL, );
	HTTP(&off, NULL, -1, 500, );
	HTTP(&usual, NULL, );
	HTTP(&usual, NULL, -1, );
	HTTP(&usual, NULL, 404, );
	HTTP(&usual, NULL, 500, 200, );
	HTTP(&usual, "http-only-errors", -1, 500, 503, );
	HTTP(&asked, NULL, );
	HTTP(&asked, NULL, -1, 401, );
	HTTP(&asked, "http-unanswered", -1, -1, );
	HTTP(&named, "http-unanswered", );
	HTTP(&named, "http-unanswered", -1, );
	HTTP(&named, "http-only-errors", 404, 401, );
	HTTP(&named, NULL, 404, 204, );
	HTTP(&strict, NULL, 200, -1, 302, );
	HTTP(&strict, "http-status-refused", 200, 404, );
	HTTP(&strict, "http-status-refused", 200, 503, );
}

static void expected_errors_are_good(void **state)
{
	const struct run_expectation e = {.http_answered = true, .http_below = 400, .http_no_4xx = true};
	struct run_result run = {0};
	const struct exercise_step s = {
	    .kind = EXERCISE_HTTP, .what = mem_strdup("GET /"), .status = 404, .wish = EXERCISE_WISH_MET};
	exercise_log_add(&run.steps, &s);
	assert_int_equal(run_expectation_http(&e, &run, NULL), 0);
	run.steps.steps[0].wish = EXERCISE_WISH_SUCCESS;
	assert_int_equal(run_expectation_http(&e, &run, NULL), -ERR_UNPROVEN);
	exercise_log_done(&run.steps);
}

/* Their answers neither refuse a service nor prove one. */
static void error_pages_do_not_count(void **state)
{
	static const struct {
		int status, page; /* of GET /, and of what is not there */
		const char *id;
	} cases[] = {
	    {200, 404, ""}, {200, 405, ""},
	    {200, 501, ""}, {200, 500, "http-status-refused"},
	    {200, -1, ""},  {-1, 404, "http-unanswered"},
	};
	const struct run_expectation strict = {
	    .http_answered = true, .http_below = 500, .http_no_4xx = true, .http_no_5xx = true};
	const struct run_expectation usual = {.http_below = 500};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct run_result run = {0};
		struct err err = {0};
		const struct exercise_step root = {.kind = EXERCISE_HTTP,
						   .what = mem_strdup("GET /"),
						   .status = cases[i].status},
					   page = {.kind = EXERCISE_HTTP,
						   .what = mem_strdup("GET /none"),
						   .status = cases[i].page,
						   .wish = EXERCISE_WISH_ERROR};
		exercise_log_add(&run.steps, &root);
		exercise_log_add(&run.steps, &page);
		int r = run_expectation_http(&strict, &run, &err);
		assert_int_equal(r, *cases[i].id ? -ERR_UNPROVEN : 0);
		assert_string_equal(err.id, cases[i].id);
		assert_int_equal(run_expectation_http(&usual, &run, NULL), 0);
		run.steps.steps[0].status = 500;
		assert_int_equal(run_expectation_http(&usual, &run, NULL), -ERR_UNPROVEN);
		exercise_log_done(&run.steps);
	}
}

static void steps(void **state)
{
	struct run_result run = {0};
	struct err err = {0};
	for (int i = 0; i < 3; i++) {
		const struct exercise_step s = {.kind = EXERCISE_HTTP,
						.what = mem_printf("GET /%d", i),
						.port = i == 1 ? 80 : 0,
						.status = 200,
						.unexpected = i ? mem_printf("why %d", i) : NULL};
		exercise_log_add(&run.steps, &s);
		assert_int_equal(run_expectation_steps(&run, &err), i ? -ERR_UNPROVEN : 0);
		assert_string_equal(err.id, i ? "answer-unexpected" : "");
		if (i == 1)
			assert_string_equal(err.msg, "GET /1 on port 80: why 1");
	}
	assert_string_equal(err.msg, "2 of 3 steps did not come out as expected, the first: GET /1 on port 80: why 1");
	exercise_log_done(&run.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ends),
	    cmocka_unit_test(answers),
	    cmocka_unit_test(error_pages_do_not_count),
	    cmocka_unit_test(steps),
	    cmocka_unit_test(expected_errors_are_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
