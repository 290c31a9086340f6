#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "compose/read/interpolate.h"

static json_t *variables(void)
{
	return json_pack("{ss ss ss}", "A", "a", "EMPTY", "", "_x1", "under");
}

static void taken(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", ""},
	    {"x", "x"},
	    {"$A", "a"},
	    {"${A}", "a"},
	    {"$A$A-${A}b", "aa-ab"},
	    {"$_x1", "under"},
	    {"$a", ""},
	    {"$A.b", "a.b"},
	    {"$$A", "$A"},
	    {"$$$A", "$a"},
	    {"$${A}", "${A}"},
	    {"${A:-d}", "a"},
	    {"${N:-d}", "d"},
	    {"${EMPTY:-d}", "d"},
	    {"${N-d}", "d"},
	    {"${EMPTY-d}", ""},
	    {"${N:-}", ""},
	    {"${A:?e}", "a"},
	    {"${EMPTY?e}", ""},
	    {"${A?}", "a"},
	    {"${A:+y}", "y"},
	    {"${N:+y}", ""},
	    {"${EMPTY:+y}", ""},
	    {"${EMPTY+y}", "y"},
	    {"${N+y}", ""},
	    {"${N:-${A}}", "a"},
	    {"${N:-$A}", "a"},
	    {"${N:-${M:-${A}b}c}d", "abcd"},
	    {"${N:-$$}", "$"},
	    {"${N:-a:-b}", "a:-b"},
	    {"${N:-{\"k\": 1}}", "{\"k\": 1}"},
	    {"${A:+${N:?not needed ${A}}}", NULL},
	    {"${A:-${N:?not reached}}", "a"},
	    {"${N:+${M:?not reached}}", ""},
	    {"a } b", "a } b"},
	};
	json_auto_t *vars = variables();
	const struct compose_env env = {.vars = vars};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_BUF struct buf got = {0};
		struct err e = {0};
		buf_str(&got, "");
		int r = compose_interpolate(&env, rows[i].text, 1000, NULL, &got, &e);
		if ((r == 0) != !!rows[i].want || (r == 0 && strcmp(got.data, rows[i].want) != 0))
			fail_msg("%s: %d, \"%s\" %s", rows[i].text, r, got.data, e.msg);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {"$", "\"$\" is not followed"},
	    {"$1", "\"$1\"; write $$"},
	    {"a$-", "not followed"},
	    {"${", "\"${\" is not followed"},
	    {"${}", "\"${\" is not followed"},
	    {"${1}", "\"${\" is not followed"},
	    {"${A", "is not followed by \"}\""},
	    {"${A:-x", "has no \"}\""},
	    {"${A!x}", "is not followed by"},
	    {"${A:x}", "is not followed by"},
	    {"${A b}", "is not followed by"},
	    {"${N:?need it}", "the variable N is not set: need it"},
	    {"${EMPTY:?}", "the variable EMPTY is empty"},
	    {"${N?${A}b}", "the variable N is not set: ab"},
	};
	json_auto_t *vars = variables();
	const struct compose_env env = {.vars = vars};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_BUF struct buf got = {0};
		struct err e = {0};
		if (compose_interpolate(&env, rows[i].text, 1000, NULL, &got, &e) == 0 || !strstr(e.msg, rows[i].says))
			fail_msg("%s: %s", rows[i].text, e.msg);
		assert_int_equal(e.code, ERR_INVAL);
	}
}

static void bounds(void **state)
{
	CLEANUP_BUF struct buf deep = {0};
	CLEANUP_BUF struct buf got = {0};
	const struct compose_env env = {0};
	struct err e = {0};
	for (int i = 0; i <= LIMIT_COMPOSE_DEPTH; i++)
		buf_str(&deep, "${A:-");
	assert_int_equal(compose_interpolate(&env, deep.data, 1000, NULL, &got, &e), -ERR_LIMIT);
	assert_int_equal(compose_interpolate(&env, "12345", 4, NULL, &got, &e), -ERR_LIMIT);
}

static void unset(void **state)
{
	CLEANUP_BUF struct buf got = {0};
	CLEANUP_STRSET struct strset names = {0};
	const struct compose_env env = {0};
	assert_int_equal(compose_interpolate(&env, "$A ${B} ${C:-x} ${D+${E}} $A", 100, &names, &got, NULL), 0);
	assert_int_equal(names.count, 2);
	assert_string_equal(strset_get(&names, 0), "A");
	assert_string_equal(strset_get(&names, 1), "B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(taken),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(unset),
	};
	return cmocka_run_group_tests_name("interpolate", tests, NULL, NULL);
}
