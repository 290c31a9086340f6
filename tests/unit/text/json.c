#include "unit.h"

#include "text/json.h"

/* The value is the same; want: its text as an element of an array, compact and indented. */
static void shown_one(const char *s, const char *want)
{
	CLEANUP_BUF struct buf compact = {0}, pretty = {0}, wanted = {0};
	json_auto_t *v = json_pack("[s]", s);
	assert_non_null(v);
	json_write_shown(v, &compact);
	json_write_pretty(v, &pretty);
	buf_printf(&wanted, "[\"%s\"]", want);
	assert_string_equal(compact.data, wanted.data);
	wanted.len = 0;
	buf_printf(&wanted, "[\n  \"%s\"\n]\n", want);
	assert_string_equal(pretty.data, wanted.data);
	json_auto_t *again = json_loadb(pretty.data, pretty.len, 0, NULL);
	assert_true(json_equal(v, again));
}

static void what_a_terminal_does_not_show(void **state)
{
	shown_one("plain \xc3\xa4 \xf0\x9f\x90\x8c", "plain \xc3\xa4 \xf0\x9f\x90\x8c");
	shown_one("a\nb\033\"\\", "a\\nb\\u001B\\\"\\\\");
	shown_one("\x7f\xc2\x9b\xe2\x80\xae", "\\u007F\\u009B\\u202E");
	shown_one("\xe2\x81\xa6x\xf3\xa0\x81\x81", "\\u2066x\\uDB40\\uDC41");
}

static void what_goes_into_an_image_stays_as_it_is(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	json_auto_t *v = json_pack("{s:s,s:i}", "b", "\xe2\x80\xae", "a", 1);
	json_write(v, &b);
	assert_string_equal(b.data, "{\"a\":1,\"b\":\"\xe2\x80\xae\"}");
}

/* A list is the bytes that the array would be if it were a value. */
static void list_one(const char *elements)
{
	json_auto_t *array = json_loads(elements, 0, NULL), *whole = json_object(), *rest = json_object();
	struct json_list l = {.depth = 1};
	CLEANUP_BUF struct buf want = {0}, have = {0};
	json_t *v;
	size_t i;
	assert_non_null(array);
	json_array_foreach (array, i, v)
		json_list_add(&l, v);
	json_list_end(&l);
	json_object_set_new(rest, "first", json_string("a\nb"));
	json_object_update(whole, rest);
	json_object_set(whole, "list", array);
	json_write_pretty(whole, &want);
	json_write_pretty(rest, &have);
	have.len -= strlen("\n}\n");
	assert_int_equal(json_list_write(&l, "list", buf_sink_append, &have, NULL), 0);
	buf_str(&have, "\n}\n");
	assert_string_equal(have.data, want.data);
	json_list_done(&l);
}

static void lists(void **state)
{
	list_one("[]");
	list_one("[1]");
	list_one("[{\"path\": \"/a\\nb\", \"kinds\": [\"open\", \"stat\"], \"none\": {}}, [], \"x\", {\"o\": {\"p\": "
		 "[1]}}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_terminal_does_not_show),
	    cmocka_unit_test(what_goes_into_an_image_stays_as_it_is),
	    cmocka_unit_test(lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
