#include "unit.h"

#include "report/why_request.h"

static const char *const report =
    "{\"runs\": [{\"steps\": [{\"what\": \"GET /\"}, {\"what\": \"POST /a\\u001b\"}]}, {\"steps\": [{\"what\": \"GET "
    "/\"}]}],"
    "\"kept\": [{\"path\": \"/start\", \"reason\": \"used\", \"size\": 1},"
    "{\"path\": \"/small\", \"reason\": \"used\", \"step\": 2, \"size\": 2, \"package\": \"a\"},"
    "{\"path\": \"/big\", \"reason\": \"library\", \"by\": \"/small\", \"step\": 2, \"size\": 30, \"package\": \"b\"},"
    "{\"path\": \"/mid\\u001b\", \"reason\": \"used\", \"step\": 2, \"size\": 5, \"package\": \"a\"},"
    "{\"path\": \"/dir\", \"reason\": \"parent\", \"by\": \"/dir/x\", \"step\": 3},"
    "{\"path\": \"/dir/x\", \"reason\": \"used\", \"step\": 3, \"size\": 4},"
    "{\"path\": \"/far\", \"reason\": \"used\", \"step\": 70000, \"size\": 4}],"
    "\"dropped\": []}";

static int ask(const char *text, const char *request, struct buf *out, struct err *err)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	struct buf b = {0};
	buf_str(&b, text);
	assert_int_equal(report_why_lists_parse(&b, "r", &w, err), 0);
	return report_why_request(&w, request, out, err);
}

static void answers(const char *request, const char *want)
{
	CLEANUP_BUF struct buf out = {0};
	struct err err = {0};
	if (ask(report, request, &out, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(out.data, want);
}

static void by_package_and_size(void **state)
{
	answers("POST", "POST /a\\x1b was the first to need 3 files, 37 bytes\n"
			"  30 bytes of the package b\n"
			"            30  /big\n"
			"  7 bytes of the package a\n"
			"             5  /mid\\x1b\n"
			"             2  /small\n");
}

/* Of two steps with one name the first needed nothing new. */
static void steps_of_all_runs(void **state)
{
	answers("GET /", "GET / was the first to need 1 file, 4 bytes\n"
			 "  4 bytes of no package\n"
			 "             4  /dir/x\n");
}

static void refused(void **state)
{
	CLEANUP_BUF struct buf out = {0};
	struct err err = {0};
	assert_int_equal(ask(report, "PUT", &out, &err), -ERR_NOTFOUND);
	assert_string_equal(err.msg, "the report has no step with \"PUT\" in its name; it has GET /, POST /a\x1b");
	assert_int_equal(ask("{\"kept\": []}", "GET", &out, &err), -ERR_NOTFOUND);
	assert_string_equal(err.msg, "the report has no step with \"GET\" in its name; it has none at all");
	assert_int_equal(ask("{\"kept\": [], \"runs\": [1, {\"steps\": [{\"what\": 1}, 2]}]}", "GET", &out, &err),
			 -ERR_NOTFOUND);
	assert_int_equal(ask("{\"runs\": []}", "GET", &out, &err), -ERR_CORRUPT);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_package_and_size),
	    cmocka_unit_test(steps_of_all_runs),
	    cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
