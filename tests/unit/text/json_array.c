#include "unit.h"

#include "text/json_array.h"

static int note(void *ctx, size_t i, const json_t *element, struct err *err)
{
	struct buf *b = ctx;
	buf_printf(b, "%zu:", i);
	json_write(element, b);
	buf_char(b, ' ');
	return json_is_null(element) ? err_set(err, ERR_INVAL, "test", "enough") : 0;
}

static void found_one(const char *document, const char *elements, const char *rest)
{
	const struct json_array_text a = json_array_find(document, strlen(document), "list");
	json_auto_t *root = NULL;
	CLEANUP_BUF struct buf b = {0}, r = {0};
	buf_str(&b, "");
	assert_int_equal(json_array_parse_rest(document, strlen(document), &a, 1000, "it", &root, NULL), 0);
	json_write(root, &r);
	assert_string_equal(r.data, rest);
	assert_int_equal(json_array_read(&a, "it", note, &b, NULL), 0);
	assert_string_equal(b.data, elements);
}

static void found(void **state)
{
	found_one("{}", "", "{}");
	found_one("{\"list\": []}", "", "{\"list\":[]}");
	found_one(" {\"a\": 1, \"list\" :\n[1, {\"list\": [2]}, \"]\\\"\"], \"b\": 2}",
		  "0:1 1:{\"list\":[2]} 2:\"]\\\"\" ", "{\"a\":1,\"b\":2,\"list\":[]}");
	found_one("{\"a\": {\"list\": [1]}, \"b\": \"list\", \"c\": [\"list\", [2]]}", "",
		  "{\"a\":{\"list\":[1]},\"b\":\"list\",\"c\":[\"list\",[2]]}");
	found_one("{\"list\": {\"x\": [1]}}", "", "{\"list\":{\"x\":[1]}}"); /* no array: part of the rest */
}

static void malformed(void **state)
{
	static const char *const broken[] = {
	    "{\"list\": [1,]}",
	    "{\"list\": [,1]}",
	    "{\"list\": [1 2]}",
	    "{\"list\": [1}]}",
	    "{\"list\": [1], \"list\": [2]}",
	    "{\"list\": [1]",
	    "{\"list\": [\"a]}",
	    "{\"list\": [{\"a\": 1, \"a\": 2}]}",
	    "{\"list\": [\"\\",
	    "{\"list\"",
	    "{\"list\": [",
	    "",
	    "[",
	    "{\"list\": [\"a\\u0000\"]}",
	};
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const size_t n = strlen(broken[i]);
		const struct json_array_text a = json_array_find(broken[i], n, "list");
		json_auto_t *root = NULL;
		CLEANUP_BUF struct buf b = {0};
		int r = json_array_parse_rest(broken[i], n, &a, 1000, "it", &root, NULL);
		if (r == 0)
			r = json_array_read(&a, "it", note, &b, NULL);
		assert_int_equal(r, -ERR_CORRUPT);
	}
}

static void ended_by_the_reader(void **state)
{
	static const char document[] = "{\"list\": [1, null, 2]}";
	const struct json_array_text a = json_array_find(document, strlen(document), "list");
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(json_array_read(&a, "it", note, &b, NULL), -ERR_INVAL);
	assert_string_equal(b.data, "0:1 1:null ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(found),
	    cmocka_unit_test(malformed),
	    cmocka_unit_test(ended_by_the_reader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
