#include "unit.h"

#include "text/json_split.h"

static const char *const keys[] = {"list", "more"};

struct noted {
	const char *document;
	struct buf text;
};

static int note(void *ctx, const struct json_split_element *e, struct err *err)
{
	struct noted *n = ctx;
	buf_printf(&n->text, "%s %zu:", keys[e->list], e->i);
	json_write(e->value, &n->text);
	buf_char(&n->text, ' ');
	assert_memory_equal(n->document + e->at, e->text, e->n);
	return json_is_null(e->value) ? err_set(err, ERR_INVAL, "test", "enough") : 0;
}

/* In pieces of so many bytes. */
static int split(const char *document, size_t piece, struct noted *noted, json_t **rest, struct err *err)
{
	CLEANUP_JSON_SPLIT struct json_split s = {.keys = keys, .n_keys = 2, .each = note, .ctx = noted, .what = "it"};
	const size_t n = strlen(document);
	int r = 0;
	noted->document = document;
	buf_str(&noted->text, "");
	for (size_t i = 0; r == 0 && i < n; i += piece)
		r = json_split_add(&s, document + i, n - i < piece ? n - i : piece, err);
	return r < 0 ? r : json_split_end(&s, rest, err);
}

static void found_one(const char *document, const char *elements, const char *want)
{
	for (size_t piece = 1; piece < 40; piece += 6) {
		json_auto_t *rest = NULL;
		CLEANUP_BUF struct buf r = {0};
		struct noted n = {0};
		struct err err = {0};
		if (split(document, piece, &n, &rest, &err) < 0)
			fail_msg("%s", err.msg);
		json_write(rest, &r);
		assert_string_equal(r.data, want);
		assert_string_equal(n.text.data, elements);
		buf_done(&n.text);
	}
}

static void found(void **state)
{
	found_one("{}", "", "{}");
	found_one("{\"list\": [ ]}", "", "{\"list\":[]}");
	found_one(" {\"a\": 1, \"list\" :\n[1, {\"list\": [2]} , \"]\\\"\"], \"more\":[{}],\"b\": 2} ",
		  "list 0:1 list 1:{\"list\":[2]} list 2:\"]\\\"\" more 0:{} ",
		  "{\"a\":1,\"b\":2,\"list\":[],\"more\":[]}");
	found_one("{\"a\": {\"list\": [1]}, \"b\": \"list\", \"c\": [\"list\", [2]]}", "",
		  "{\"a\":{\"list\":[1]},\"b\":\"list\",\"c\":[\"list\",[2]]}");
	found_one("{\"list\": {\"x\": [1]}, \"lists\": [1], \"mor\\u0065\": [2], \"\": [3]}", "",
		  "{\"\":[3],\"list\":{\"x\":[1]},\"lists\":[1],\"more\":[2]}");
}

static void malformed(void **state)
{
	static const char *const broken[] = {
	    "{\"list\": [1,]}",
	    "{\"list\": [,1]}",
	    "{\"list\": [,]}",
	    "{\"list\": [1 2]}",
	    "{\"list\": [1}]}",
	    "{\"list\": [[1}]}",
	    "{\"list\": [1], \"list\": [2]}",
	    "{\"list\": [1]",
	    "{\"list\": [1]]}",
	    "{\"list\": [1]} x",
	    "{\"list\" [1]}",
	    "{\"a\": \"list\": [1]}",
	    "{\"list\": [\"a]}",
	    "{\"list\": [{\"a\": 1, \"a\": 2}]}",
	    "{\"list\": [\"\\",
	    "{\"list\"",
	    "{\"list\": [",
	    "",
	    "[",
	    "]",
	    "[\"list\", [1]]",
	    "{\"list\": [\"a\\u0000\"]}",
	};
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		for (size_t piece = 1; piece < 40; piece += 6) {
			json_auto_t *rest = NULL;
			struct noted n = {0};
			int r = split(broken[i], piece, &n, &rest, NULL);
			buf_done(&n.text);
			if (r != -ERR_CORRUPT)
				fail_msg("%s: %d", broken[i], r);
		}
}

static void ended_by_the_reader(void **state)
{
	struct noted n = {0};
	json_auto_t *rest = NULL;
	assert_int_equal(split("{\"list\": [1, null, 2]}", 4, &n, &rest, NULL), -ERR_INVAL);
	assert_string_equal(n.text.data, "list 0:1 list 1:null ");
	buf_done(&n.text);
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
