#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "compose/read/env_file.h"
#include "text/json.h"

static void parses(void **state)
{
	static const struct {
		const char *text;
		bool raw;
		const char *want; /* NULL = refused */
	} rows[] = {
	    {"", false, "{}"},
	    {"# c\n\n  # d\nA=1\n", false, "{\"A\":\"1\"}"},
	    {"A=1\r\nB=2\r\n", false, "{\"A\":\"1\",\"B\":\"2\"}"},
	    {"\xef\xbb\xbf"
	     "A=1",
	     false, "{\"A\":\"1\"}"},
	    {"A = 1 ", false, "{\"A\":\"1\"}"},
	    {"A: 1", false, "{\"A\":\"1\"}"},
	    {"export A=1", false, "{\"A\":\"1\"}"},
	    {"A=", false, "{\"A\":\"\"}"},
	    {"A=1 # c", false, "{\"A\":\"1\"}"},
	    {"A=1# c", false, "{\"A\":\"1# c\"}"},
	    {"A='1 # c' # d", false, "{\"A\":\"1 # c\"}"},
	    {"A=a b", false, "{\"A\":\"a b\"}"},
	    {"A=\"a\\n\\t\\\"\\\\b\"", false, "{\"A\":\"a\\n\\t\\\"\\\\b\"}"},
	    {"A='a\\n$B'", false, "{\"A\":\"a\\\\n$B\"}"},
	    {"A='it\\'s'", false, "{\"A\":\"it's\"}"},
	    {"A=\"x\ny\"\nB=2", false, "{\"A\":\"x\\ny\",\"B\":\"2\"}"},
	    {"A='x\ny'", false, "{\"A\":\"x\\ny\"}"},
	    {"A=1\nB=$A-${A:-2}-${C:-3}", false, "{\"A\":\"1\",\"B\":\"1-1-3\"}"},
	    {"B=\"${HOST}\"", false, "{\"B\":\"host\"}"},
	    {"B=\"\\$HOST $$X\"", false, "{\"B\":\"$HOST $X\"}"},
	    {"HOST=file\nB=$HOST", false, "{\"B\":\"host\",\"HOST\":\"file\"}"},
	    {"HOST\nGONE", false, "{\"HOST\":\"host\"}"},
	    {"A=x=y", false, "{\"A\":\"x=y\"}"},
	    {"A=a'b'", false, "{\"A\":\"a'b'\"}"},
	    {"A=1\nA=2", false, "{\"A\":\"2\"}"},
	    {"=1", false, NULL},
	    {"A B=1", false, NULL},
	    {"A=\"x", false, NULL},
	    {"A='x' y", false, NULL},
	    {"A=${B:?no}", false, NULL},
	    {"A=$", false, NULL},
	    {"A=\xff", false, NULL},
	    {"A=\"1\" # c\n# d\n  B='$x'\nHOST\nGONE\nC=\n", true,
	     "{\"A\":\"\\\"1\\\" # c\",\"B\":\"'$x'\",\"C\":\"\",\"HOST\":\"host\"}"},
	    {"A=1\r\nB=2", true, "{\"A\":\"1\",\"B\":\"2\"}"},
	    {"=1", true, NULL},
	    {"A B=1", true, NULL},
	};
	json_auto_t *host = json_pack("{ss}", "HOST", "host");
	const struct compose_env env = {.vars = host};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_auto_t *vars = json_object();
		CLEANUP_BUF struct buf got = {0};
		struct err e = {0};
		int r = compose_env_parse(&env, rows[i].text, strlen(rows[i].text), rows[i].raw, "f", vars, &e);
		json_write(vars, &got);
		if ((r == 0) != !!rows[i].want || (r == 0 && strcmp(got.data, rows[i].want) != 0))
			fail_msg("%s: %d, %s %s", rows[i].text, r, got.data, e.msg);
	}
}

static void places(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {{"A=1\n\nB C=2", "f, line 3: a variable's name has a space"},
		    {"A='x\ny'\nB=\"z", "f, line 3: the quote is not closed"},
		    {"A=1\nB=${C?gone}", "f, line 2: the variable C is not set: gone"}};
	const struct compose_env env = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_auto_t *vars = json_object();
		struct err e = {0};
		assert_int_not_equal(compose_env_parse(&env, rows[i].text, strlen(rows[i].text), false, "f", vars, &e),
				     0);
		if (!strstr(e.msg, rows[i].says))
			fail_msg("%s", e.msg);
	}
	json_auto_t *vars = json_object();
	struct err e = {0};
	assert_int_not_equal(compose_env_parse(&env, "A=\0b", 4, false, "f", vars, &e), 0);
}

static void bounds(void **state)
{
	CLEANUP_BUF struct buf many = {0};
	json_auto_t *vars = json_object();
	const struct compose_env env = {0};
	struct err e = {0};
	for (int i = 0; i <= LIMIT_COMPOSE_ITEMS; i++)
		buf_printf(&many, "V%d=x\n", i);
	assert_int_equal(compose_env_parse(&env, many.data, many.len, false, "f", vars, &e), -ERR_LIMIT);
	CLEANUP_BUF struct buf large = {0};
	buf_str(&large, "A=");
	for (unsigned i = 0; i < LIMIT_COMPOSE_VARIABLES / 10; i++)
		buf_char(&large, 'x');
	for (int i = 0; i < 10; i++)
		buf_printf(&large, "\nB%d=$A", i);
	json_object_clear(vars);
	assert_int_equal(compose_env_parse(&env, large.data, large.len, false, "f", vars, &e), -ERR_LIMIT);
	assert_non_null(strstr(e.msg, "bytes of values"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses),
	    cmocka_unit_test(places),
	    cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests_name("env_file", tests, NULL, NULL);
}
