#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"
#include "formats/yaml.h"

static void reads_one(const char *text, const char *want)
{
	struct err e = {0};
	json_auto_t *v = NULL;
	CLEANUP_BUF struct buf got = {0};
	if (yaml_parse(text, strlen(text), "f", NULL, &v, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	json_write(v, &got);
	assert_string_equal(got.data, want);
}

static void refuses_bytes(const char *text, size_t n, enum err_code code, const char *says)
{
	struct err e = {0};
	json_t *v = NULL;
	if (yaml_parse(text, n, "f", NULL, &v, &e) == 0)
		fail_msg("%.200s is taken", text);
	if (!strstr(e.msg, says))
		fail_msg("%.200s: \"%s\" does not say \"%s\"", text, e.msg, says);
	assert_int_equal(e.code, code);
}

static void refuses_one(const char *text, const char *says)
{
	refuses_bytes(text, strlen(text), ERR_INVAL, says);
}

static void scalars(void **state)
{
	reads_one("[yes, no, on, off, y, n, Yes]", "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"Yes\"]");
	reads_one("[true, True, TRUE, false, tRUE]", "[true,true,true,false,\"tRUE\"]");
	reads_one("[null, ~, Null, NULL, nil]", "[null,null,null,null,\"nil\"]");
	reads_one("a:\nb: ''", "{\"a\":null,\"b\":\"\"}");
	reads_one("[0o17, 0x1F, 017, -12, +3, 0, 1_000]", "[15,31,17,-12,3,0,\"1_000\"]");
	reads_one("[9223372036854775807, 1.5, -.5, 1., 2e3, 1e, ., 1.2.3]",
		  "[9223372036854775807,1.5,-0.5,1.0,2000.0,\"1e\",\".\",\"1.2.3\"]");
	reads_one("['12', \"true\", 12:30, 2020-01-02, !!str 5, ! 5]",
		  "[\"12\",\"true\",\"12:30\",\"2020-01-02\",\"5\",\"5\"]");
	reads_one("[!!int 5, !!float 5, !!bool true, !!null ~]", "[5,5,true,null]");
	reads_one("a: |\n  x\n   y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\n y\\n\",\"b\":\"x y\"}");
	reads_one("\xef\xbb\xbf"
		  "a: b",
		  "{\"a\":\"b\"}");
	reads_one("just text", "\"just text\"");
}

static void options(void **state)
{
	static const char *const tags[] = {"!reset", "!override", NULL};
	static const struct {
		const char *text, *want; /* NULL = refused */
	} rows[] = {
	    {"a: !reset\nb: !reset null\nc: !override 'x'\nd: !reset 5",
	     "{\"a\":{\"!reset\":null},\"b\":{\"!reset\":null},\"c\":{\"!override\":\"x\"},\"d\":{\"!reset\":5}}"},
	    {"a: !override [1, {b: !reset {}}]", "{\"a\":{\"!override\":[1,{\"b\":{\"!reset\":{}}}]}}"},
	    {"a: &x !override {b: 1}\nc: *x", "{\"a\":{\"!override\":{\"b\":1}},\"c\":{\"!override\":{\"b\":1}}}"},
	    {"[!reset 5]", NULL},
	    {"!reset {a: b}", NULL},
	    {"a: !other 5", NULL},
	    {"[0440, 0, 00, 0x10, 0o17, 08:00, 0.5, '0440']", "[\"0440\",0,\"00\",16,15,\"08:00\",0.5,\"0440\"]"},
	};
	const struct yaml_options o = {.tags = tags, .zeros = true};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};
		json_auto_t *v = NULL;
		CLEANUP_BUF struct buf got = {0};
		int r = yaml_parse_with(&o, rows[i].text, strlen(rows[i].text), "f", NULL, &v, &e);
		if ((r == 0) != !!rows[i].want)
			fail_msg("%s: %d, %s", rows[i].text, r, e.msg);
		if (r < 0)
			continue;
		json_write(v, &got);
		assert_string_equal(got.data, rows[i].want);
	}
	refuses_one("a: !reset 5", "tag");
	reads_one("a: 0440", "{\"a\":440}");
}

static void mappings(void **state)
{
	reads_one("200: ok\ntrue: 1\n~: 2\n'x y': 3", "{\"200\":\"ok\",\"true\":1,\"x y\":3,\"~\":2}");
	reads_one("b:\n- 1\n- {c: d}\n", "{\"b\":[1,{\"c\":\"d\"}]}");
}

static void aliases(void **state)
{
	reads_one("a: &x [1, 2]\nb: *x", "{\"a\":[1,2],\"b\":[1,2]}");
	reads_one("- &k key\n- {*k : 1}", "[\"key\",{\"key\":1}]");
	reads_one("- &a 1\n- &a 2\n- *a", "[1,2,2]");
	reads_one("- &a {x: 1, y: 2}\n- {<<: *a, y: 3, z: 4}", "[{\"x\":1,\"y\":2},{\"x\":1,\"y\":3,\"z\":4}]");
	reads_one("- &a {x: 1}\n- &b {x: 2, y: 2}\n- {y: 9, <<: [*a, *b]}",
		  "[{\"x\":1},{\"x\":2,\"y\":2},{\"x\":1,\"y\":9}]");
	reads_one("{'<<': 1}", "{\"<<\":1}");
	refuses_one("a: *x", "line 1, column 4: no anchor stands before the alias \"x\"");
	refuses_one("a: &x [*x]", "holds itself");
	refuses_one("{<<: 1}", "neither a mapping");
	refuses_one("- &a [1]\n- {*a : 1}", "not a string");
}

/* JSON that libyaml alone does not take. */
static void json(void **state)
{
	reads_one("{\"a\": [1, 2.5e1, \"\\u00e9\\/\", null, true], \"b\":{\"c\":\"d\"}}",
		  "{\"a\":[1,25.0,\"\xc3\xa9/\",null,true],\"b\":{\"c\":\"d\"}}");
	reads_one("{\t\"a\"\t:\n\t1}", "{\"a\":1}");
	reads_one("[\"\\ud83d\\ude00\"]", "[\"\xf0\x9f\x98\x80\"]");
}

static void malformed(void **state)
{
	refuses_one("", "f is empty");
	refuses_one("# nothing\n", "f is empty");
	refuses_one("a: 1\nb: 2\na: 3", "f, line 3, column 1: the mapping has this key already: \"a\"");
	refuses_one("{\"a\":1,\"a\":2}", "this key already");
	refuses_one("[1, .inf]", "no such number: \".inf\"");
	refuses_one("-.INF", "no such number");
	refuses_one("1e999", "no such number");
	refuses_one("[.nan]", "no such number");
	refuses_one("0xfffffffffffffffff", "no such number");
	refuses_one("!thing x", "does not know");
	refuses_one("!!binary eA==", "does not know");
	refuses_one("!!int x", "not of its tag");
	refuses_one("!!set {a}", "does not know the tag");
	refuses_one("? [a]\n: 1", "a key is a mapping");
	refuses_one("? {a: 1}\n: 1", "a key is a mapping");
	refuses_one("a: \"x\\0y\"", "NUL");
	refuses_one("--- 1\n--- 2", "second document");
	refuses_one("a: [1\n\n",
		    "did not find expected ',' or ']' while parsing a flow sequence that begins in line 1");
	refuses_one("a: b: c", "line 1, column 5");
	refuses_one("a: \xff", "byte 3");
	refuses_one("\ta: 1", "line 1");
}

static void bounded(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
	for (int i = 1; i < 9; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&b, "%s*a%d", j ? "," : "", i - 1);
		buf_str(&b, "]\n");
	}
	refuses_bytes(b.data, b.len, ERR_LIMIT, "more than a million values when its aliases are written out");
	b.len = 0;
	for (int i = 0; i < LIMIT_YAML_DEPTH + 1; i++)
		buf_char(&b, '[');
	refuses_bytes(b.data, b.len, ERR_LIMIT, "too many levels");
	b.len = 0;
	buf_str(&b, "- &a0 [x]\n");
	for (int i = 1; i < LIMIT_YAML_DEPTH; i++)
		buf_printf(&b, "- &a%d [*a%d]\n", i, i - 1);
	refuses_bytes(b.data, b.len, ERR_LIMIT, "too many levels by the alias");
	/* A long text, repeated. */
	b.len = 0;
	buf_str(&b, "- &a ");
	for (int i = 0; i < 100000; i++)
		buf_str(&b, "text, text");
	for (int i = 0; i < 300; i++)
		buf_str(&b, "\n- *a");
	refuses_bytes(b.data, b.len, ERR_LIMIT, "more than a million values");
	/* Levels that only JSON can have. */
	b.len = 0;
	buf_str(&b, "[\"\\ud83d\\ude00\",");
	for (int i = 0; i < LIMIT_YAML_DEPTH; i++)
		buf_char(&b, '[');
	for (int i = 0; i < LIMIT_YAML_DEPTH; i++)
		buf_char(&b, ']');
	buf_char(&b, ']');
	refuses_bytes(b.data, b.len, ERR_INVAL, "line 1");
	CLEANUP_FREE char *large = mem_calloc(LIMIT_YAML + 1, 1);
	refuses_bytes(large, LIMIT_YAML + 1, ERR_LIMIT, "larger than");
}

static void lines(void **state)
{
	static const char text[] = "a: 1\nb:\n  c: 2\n  d: [x,\n {e: 3}]\n";
	struct err e = {0};
	json_auto_t *v = NULL;
	CLEANUP_YAML_LINES struct yaml_lines l = {0};
	assert_int_equal(yaml_parse(text, strlen(text), "f", &l, &v, &e), 0);
	const json_t *b = json_object_get(v, "b"), *d = json_object_get(b, "d");
	assert_int_equal(yaml_line_of(&l, v, "a"), 1);
	assert_int_equal(yaml_line_of(&l, v, "b"), 2);
	assert_int_equal(yaml_line_of(&l, b, NULL), 3);
	assert_int_equal(yaml_line_of(&l, b, "d"), 4);
	assert_int_equal(yaml_line_of(&l, json_array_get(d, 1), NULL), 5);
	assert_int_equal(yaml_line_of(&l, json_array_get(d, 1), "e"), 5);
	assert_int_equal(yaml_line_of(&l, b, "z"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scalars), cmocka_unit_test(options), cmocka_unit_test(mappings),
	    cmocka_unit_test(aliases), cmocka_unit_test(json),    cmocka_unit_test(malformed),
	    cmocka_unit_test(bounded), cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
