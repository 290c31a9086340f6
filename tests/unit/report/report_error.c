#include "unit.h"

#include "report/report_error.h"
#include "text/json.h"

static void error_one(const struct err *e, const char *want)
{
	json_auto_t *v = report_error_json(e);
	CLEANUP_FREE char *text = json_dumps(v, JSON_COMPACT);
	assert_string_equal(text, want);
}

static void an_error_as_json(void **state)
{
	struct err e = {0};
	err_set(&e, ERR_CORRUPT, "blob-size-mismatch", "\"%s\" is short", "a\xff");
	err_wrap(&e, "layer %d", 3);
	error_one(&e, "{\"schema\":\"slim.error/v1\",\"error\":{\"code\":\"blob-size-mismatch\",\"class\":\"corrupt\","
		      "\"message\":\"layer 3: \\\"a\\\\xff\\\" is short\"}}");
}

static void one_without_an_id(void **state)
{
	const struct err e = {.code = ERR_SYS};
	error_one(&e,
		  "{\"schema\":\"slim.error/v1\",\"error\":{\"code\":\"unknown\",\"class\":\"sys\",\"message\":\"\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_error_as_json),
	    cmocka_unit_test(one_without_an_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
