#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "text/secret.h"

/* Whether what jansson or a caller says wrong is told without the text around it. */
static void messages_quote_nothing(void **state)
{
	static const char *const cases[] = {
	    "{\"a\": \"hunter2\" \"b\"}",
	    "{\"a\": hunter2}",
	    "{\"hunter2\": 1, \"hunter2\": 2}",
	    "[\"hunter2\"]",
	    "\"hunter2\"",
	    "{\"a\": \"hunter2",
	    "hunter2",
	    "{\"a\": \"hunter2\\u0000\"}",
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *v = NULL;
		struct err err = {0};
		assert_int_equal(secret_json_parse(cases[i], strlen(cases[i]), 1000, "the file", &v, &err),
				 -ERR_CORRUPT);
		assert_null(v);
		assert_null(strstr(err.msg, "hunter"));
		assert_non_null(strstr(err.msg, "the file is not"));
	}
	json_t *v = NULL;
	struct err err = {0};
	assert_int_equal(secret_json_parse("{}\n\n\nx", 6, 1000, "it", &v, &err), -ERR_CORRUPT);
	assert_non_null(strstr(err.msg, "line 4"));
	assert_int_equal(secret_json_parse(NULL, 0, 1000, "it", &v, NULL), -ERR_CORRUPT);
	assert_int_equal(secret_json_parse("{    }", 6, 5, "it", &v, NULL), -ERR_LIMIT);
}

static void strings_are_overwritten(void **state)
{
	static const char text[] = "{\"a\": [{\"b\": \"first\"}, 1, null], \"c\": \"second\"}";
	json_t *v = NULL;
	assert_int_equal(secret_json_parse(text, strlen(text), 1000, "it", &v, NULL), 0);
	/* held by us, so that they can be looked at afterwards */
	json_t *b = json_incref(json_object_get(json_array_get(json_object_get(v, "a"), 0), "b"));
	json_t *c = json_incref(json_object_get(v, "c"));
	secret_json_free(v);
	assert_memory_equal(json_string_value(b), "\0\0\0\0\0", 5);
	assert_memory_equal(json_string_value(c), "\0\0\0\0\0\0", 6);
	json_decref(b);
	json_decref(c);
	secret_json_free(NULL);
	secret_free(NULL);
}

static void deep_values(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		buf_char(&b, '[');
	json_t *v = NULL;
	assert_int_equal(secret_json_parse(b.data, b.len, LIMIT_AUTH_FILE, "it", &v, NULL), -ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_quote_nothing),
	    cmocka_unit_test(strings_are_overwritten),
	    cmocka_unit_test(deep_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
