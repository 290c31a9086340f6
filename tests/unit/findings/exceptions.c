#include "unit.h"

#include "base/mem.h"
#include "findings/exceptions.h"

static void parses(const char *text, struct findings_exceptions *e)
{
	struct err err = {0};
	*e = (struct findings_exceptions){0};
	if (findings_exceptions_parse(text, strlen(text), "file", e, &err) < 0)
		fail_msg("%s", err.msg);
}

static void fails(const char *text, size_t n, const char *what)
{
	CLEANUP_FINDINGS_EXCEPTIONS struct findings_exceptions e = {0};
	struct err err = {0};
	assert_int_equal(findings_exceptions_parse(text, n, "file", &e, &err), -ERR_INVAL);
	assert_string_equal(err.id, "exception-malformed");
	if (!strstr(err.msg, what) || !strstr(err.msg, "file"))
		fail_msg("%s", err.msg);
	assert_int_equal(e.count, 0);
}

static void a_line_is_a_rule_and_a_pattern(void **state)
{
	CLEANUP_FINDINGS_EXCEPTIONS struct findings_exceptions e;
	const struct findings_rule *npm = findings_rule_find("npmrc"), *root = findings_rule_find("root-user");
	parses("# a comment\n\n  npmrc\t/app/**  # why\r\nroot-user\nnpmrc b", &e);
	assert_int_equal(e.count, 3);
	assert_true(findings_exceptions_have(&e, npm, "/app/x/.npmrc"));
	assert_true(findings_exceptions_have(&e, npm, "/a/b"));
	assert_false(findings_exceptions_have(&e, npm, "/root/.npmrc"));
	assert_false(findings_exceptions_have(&e, npm, NULL));
	assert_true(findings_exceptions_have(&e, root, NULL));
	assert_false(findings_exceptions_have(NULL, root, NULL));
	assert_int_equal(e.accepted, 3);
}

static void what_is_of_no_use_is_told(void **state)
{
	CLEANUP_FINDINGS_EXCEPTIONS struct findings_exceptions e;
	CLEANUP_NOTES struct notes notes = {0};
	parses("root-user\nnpmrc /app/*\n", &e);
	assert_true(findings_exceptions_have(&e, findings_rule_find("root-user"), NULL));
	findings_exceptions_note(&e, &notes);
	assert_int_equal(notes.count, 1);
	assert_string_equal(notes.items[0].id, "exception-unused");
	assert_non_null(strstr(notes.items[0].text, "line 2"));
	assert_non_null(strstr(notes.items[0].text, "npmrc /app/*"));
}

static void malformed_lines(void **state)
{
	static const char zero[] = "npmrc\0a";
	fails("npmrc\nno-rule x\n", 16, "line 2");
	fails("npmrc a b", 9, "line 1");
	fails(zero, sizeof(zero), "zero byte");
}

static void a_file_may_lack(void **state)
{
	CLEANUP_FINDINGS_EXCEPTIONS struct findings_exceptions e = {0};
	struct err err = {0};
	assert_int_equal(findings_exceptions_read("/nowhere/a", true, &e, &err), 0);
	assert_int_equal(e.count, 0);
	assert_int_equal(findings_exceptions_read("/nowhere/a", false, &e, &err), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_a_rule_and_a_pattern),
	    cmocka_unit_test(what_is_of_no_use_is_told),
	    cmocka_unit_test(malformed_lines),
	    cmocka_unit_test(a_file_may_lack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
