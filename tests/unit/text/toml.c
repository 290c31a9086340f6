#include "unit.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"
#include "text/toml.h"

static void reads_one(const char *text, const char *want)
{
	struct err e = {0};
	json_auto_t *v = NULL;
	CLEANUP_BUF struct buf got = {0};
	if (toml_parse(text, strlen(text), "f", &v, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	json_write(v, &got);
	assert_string_equal(got.data, want);
}

static void refuses_one(const char *text, const char *says)
{
	struct err e = {0};
	json_t *v = NULL;
	if (toml_parse(text, strlen(text), "f", &v, &e) == 0)
		fail_msg("%s is taken", text);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void values(void **state)
{
	reads_one("", "{}");
	reads_one("# only a comment", "{}");
	reads_one("a = true\nb=false\r\n", "{\"a\":true,\"b\":false}");
	reads_one("a = -1_000\nb = 0xDEAD_beef\nc = 0o17\nd = 0b101\ne = +0",
		  "{\"a\":-1000,\"b\":3735928559,\"c\":15,\"d\":5,\"e\":0}");
	reads_one("a = 9223372036854775807", "{\"a\":9223372036854775807}");
	reads_one("a = 1.5\nb = -1e+10\nc = 6.6_1e-3\nd = -inf\ne = 0.0",
		  "{\"a\":\"1.5\",\"b\":\"-1e+10\",\"c\":\"6.6_1e-3\",\"d\":\"-inf\",\"e\":\"0.0\"}");
	reads_one("a = 1979-05-27T07:32:00.99-07:00\nb = 1979-05-27 07:32:00 # c\nc = 1979-05-27 # d\nd = 07:32:00",
		  "{\"a\":\"1979-05-27T07:32:00.99-07:00\",\"b\":\"1979-05-27 07:32:00\",\"c\":\"1979-05-27\",\"d\":"
		  "\"07:32:00\"}");
	reads_one("a = [ 1, # one\n [\"x\"],\n\n {b=2} ,]", "{\"a\":[1,[\"x\"],{\"b\":2}]}");
	reads_one("a = {}\nb = { c.d = 1, c.\"e f\" = [ 1,\n 2 ] }",
		  "{\"a\":{},\"b\":{\"c\":{\"d\":1,\"e f\":[1,2]}}}");
}

static void strings(void **state)
{
	reads_one("a = \"\"\nb = ''", "{\"a\":\"\",\"b\":\"\"}");
	reads_one("a = \"x\\t\\\"\\\\\\u00e9\\U0001F600\"", "{\"a\":\"x\\t\\\"\\\\\xc3\xa9\xf0\x9f\x98\x80\"}");
	reads_one("a = 'C:\\n\"'", "{\"a\":\"C:\\\\n\\\"\"}");
	reads_one("a = \"\"\"\nx\r\ny\"\"\"", "{\"a\":\"x\\ny\"}");
	reads_one("a = \"\"\"x \\  \n\n   y\"\"\"", "{\"a\":\"x y\"}");
	reads_one("a = \"\"\"\"\"x\"\"\"\"\"", "{\"a\":\"\\\"\\\"x\\\"\\\"\"}");
	reads_one("a = '''x\\'y''z'''", "{\"a\":\"x\\\\'y''z\"}");
}

static void tables(void **state)
{
	reads_one("a.b.c = 1\na.\"d.e\" = 2\n'' = 3", "{\"\":3,\"a\":{\"b\":{\"c\":1},\"d.e\":2}}");
	reads_one("[a . b]\nc = 1\n[a]\nd = 2", "{\"a\":{\"b\":{\"c\":1},\"d\":2}}");
	reads_one("[[r]]\nx=1\n[[r.m]]\ny=1\n[[r.m]]\n[[r]]\n[r.t]\nz=2",
		  "{\"r\":[{\"m\":[{\"y\":1},{}],\"x\":1},{\"t\":{\"z\":2}}]}");
	reads_one("[f]\na.t.s = true\n[f.a.x]\ny = 1", "{\"f\":{\"a\":{\"t\":{\"s\":true},\"x\":{\"y\":1}}}}");
}

static void refused_values(void **state)
{
	refuses_one("a = ", "f, line 1: a value is missing");
	refuses_one("\n\na = yes", "f, line 3: \"yes\" is not a value");
	refuses_one("a = 01", "\"01\" is not a value");
	refuses_one("a = 1__0", "is not a value");
	refuses_one("a = _1", "is not a value");
	refuses_one("a = 1_", "is not a value");
	refuses_one("a = 0x", "is not a value");
	refuses_one("a = +0x1", "is not a value");
	refuses_one("a = 1.", "is not a value");
	refuses_one("a = .5", "is not a value");
	refuses_one("a = 1979-5-27", "is not a value");
	refuses_one("a = 07:32:00Z", "is not a value");
	refuses_one("a = 9223372036854775808", "does not fit");
	refuses_one("a = 1 2", "something follows");
	refuses_one("a = 1 b = 2", "something follows");
	refuses_one("a = \"x", "not closed");
	refuses_one("a = \"x\ny\"", "not closed");
	refuses_one("a = \"\"\"x\"\"", "not closed");
	refuses_one("a = \"\\x41\"", "escape");
	refuses_one("a = \"\\ud800\"", "names no character");
	refuses_one("a = \"\\u0000\"", "names no character");
	refuses_one("a = \"\\u00e\"", "hexadecimal");
	refuses_one("a = \"\x01\"", "control");
	refuses_one("# \x01", "control");
	refuses_one("a = 1\rb = 2", "control");
	refuses_one("a = \"\xff\"", "not UTF-8");
	refuses_one("a = [1 2]", "\",\" or \"]\"");
	refuses_one("a = [,]", "a value is missing");
	refuses_one("a = [1", "\",\" or \"]\"");
	refuses_one("a = {b = 1,}", "a key is expected");
	refuses_one("a = {b = 1\n}", "\",\" or \"}\"");
	refuses_one("a = {b = 1", "\",\" or \"}\"");
}

static void refused_tables(void **state)
{
	static const char *const twice[] = {
	    "a = 1\na = 2",
	    "[a]\n[a]",
	    "a = 1\n[a]",
	    "a = 1\na.b = 2",
	    "[a]\nb = 1\n[a.b]",
	    "[a]\nb.c = 1\n[a.b]",
	    "[a.b.c]\n[a]\nb.d = 1",
	    "a = {b = 1}\n[a.c]",
	    "a = {b = 1}\na.c = 1",
	    "a = {b.c = 1, b = 2}",
	    "a = {b = {}, b.c = 2}",
	    "a = [{}]\n[[a]]",
	    "a = [{}]\n[a.b]",
	    "[[a]]\n[a]",
	    "[a]\n[[a]]",
	    "[[a.b]]\n[[a]]",
	    "[[a]]\n[a.b]\n[[a.b]]",
	};
	for (size_t i = 0; i < sizeof(twice) / sizeof(twice[0]); i++)
		refuses_one(twice[i], "is defined already");
	refuses_one("[a", "\"]\" is expected");
	refuses_one("[[a]", "\"]]\" is expected");
	refuses_one("[ [a]]", "a key is expected");
	refuses_one("[]", "a key is expected");
	refuses_one("[a.]", "a key is expected");
	refuses_one("[a] b = 1", "something follows");
	refuses_one("a", "\"=\" is expected");
	refuses_one("= 1", "a key is expected");
	refuses_one("\"\"\"a\"\"\" = 1", "several lines");
}

static void caps(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct err e = {0};
	json_t *v = NULL;
	buf_str(&b, "a = ");
	for (int i = 0; i <= LIMIT_TOML_DEPTH; i++)
		buf_char(&b, '[');
	assert_int_equal(toml_parse(b.data, b.len, "f", &v, &e), -ERR_LIMIT);
	b.len = 0;
	for (int i = 0; i <= LIMIT_TOML_DEPTH; i++)
		buf_str(&b, i ? ".a" : "a");
	buf_str(&b, " = 1");
	assert_int_equal(toml_parse(b.data, b.len, "f", &v, &e), -ERR_INVAL);
	b.len = 0;
	for (int i = 0; i <= LIMIT_TOML_TABLES; i++)
		buf_printf(&b, "[t%d]\n", i);
	assert_int_equal(toml_parse(b.data, b.len, "f", &v, &e), -ERR_LIMIT);
	CLEANUP_FREE char *large = mem_alloc(LIMIT_TOML + 1);
	memset(large, ' ', LIMIT_TOML + 1);
	assert_int_equal(toml_parse(large, LIMIT_TOML + 1, "f", &v, &e), -ERR_LIMIT);
	assert_int_equal(toml_parse(large, LIMIT_TOML, "f", &v, &e), 0);
	json_decref(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values),         cmocka_unit_test(strings),        cmocka_unit_test(tables),
	    cmocka_unit_test(refused_values), cmocka_unit_test(refused_tables), cmocka_unit_test(caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
