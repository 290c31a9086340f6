#include "unit.h"

#include "probe/script/script.h"

static void refused(struct probe_script *s, const char *message)
{
	struct err err = {0};
	assert_int_equal(probe_script_check(s, 0, "file", &err), -ERR_INVAL);
	assert_string_equal(err.msg, message);
	probe_script_done(s);
}

static void what_is_allowed(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct err err = {0};
	struct probe_request *r = probe_script_add(&s, "POST", "/login?next=%2F");
	strlist_add(&r->headers, "X-One: 1");
	probe_request_capture(r, PROBE_CAPTURE_JSON, "token", "/data/0/token");
	probe_request_capture(r, PROBE_CAPTURE_FORM, "csrf", "authenticity_token");
	probe_request_check(r, PROBE_CHECK_BODY, NULL, "welcome|hello", false);
	probe_request_check(r, PROBE_CHECK_JSON, "", "[{]", false);
	probe_request_status(r, 200, 299);
	buf_str(&probe_request_part(r, "file", "a.txt", "text/plain")->data, "text");
	assert_int_equal(probe_script_check(&s, 0, "file", &err), 0);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.requests[0].parts[0].data.data, "text");
}

static void bytes_alone_are_no_http(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	assert_false(probe_script_has_http(&s));
	probe_script_add(&s, "TCP", "/")->protocol = PROBE_TCP;
	assert_false(probe_script_has_http(&s));
	probe_script_add(&s, "GET", "/")->protocol = PROBE_WEBSOCKET;
	assert_true(probe_script_has_http(&s));
}

static void what_is_refused(void **state)
{
	struct probe_script s = {0};
	probe_script_add(&s, "GET", "/");
	probe_script_add(&s, "GET /", "/");
	refused(&s, "file: request 2: \"GET /\" is not a method");
	probe_script_add(&s, "GET", "http://host/");
	refused(&s, "file: request 1: \"http://host/\" is not a path: it begins with a slash and has no blanks (%20)");
	probe_script_add(&s, "GET", "/a b");
	refused(&s, "file: request 1: \"/a b\" is not a path: it begins with a slash and has no blanks (%20)");
	strlist_add(&probe_script_add(&s, "GET", "/")->headers, "X: 1\r\nY: 2");
	refused(&s, "file: request 1: \"X: 1\r\nY: 2\" is not a header (Name: value)");
	probe_request_check(probe_script_add(&s, "GET", "/"), PROBE_CHECK_BODY, NULL, "(", false);
	refused(&s, "file: request 1: \"(\" is not a regular expression");
	probe_request_capture(probe_script_add(&s, "GET", "/"), PROBE_CAPTURE_JSON, "a", "key");
	refused(&s, "file: request 1: \"key\" is not a JSON pointer (/key/0/key)");
	probe_request_capture(probe_script_add(&s, "GET", "/"), PROBE_CAPTURE_HEADER, "a b", "Location");
	refused(&s, "file: request 1: \"a b\" is not a name of a variable");
	probe_request_status(probe_script_add(&s, "GET", "/"), 300, 200);
	refused(&s, "file: request 1: has a status that is not between 100 and 599");
	probe_script_add(&s, "GET", "/")->repeat = 10001;
	refused(&s, "file: request 1: is repeated more than 10000 times");
	probe_script_add(&s, "GET", "/")->concurrency = 65;
	refused(&s, "file: request 1: is sent more than 64 times at once");
	probe_script_add(&s, "GET", "/")->host = mem_strdup("a b");
	refused(&s, "file: request 1: \"a b\" is not a host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_allowed),
	    cmocka_unit_test(bytes_alone_are_no_http),
	    cmocka_unit_test(what_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
