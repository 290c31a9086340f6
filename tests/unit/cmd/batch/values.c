#include "unit.h"

#include <stdlib.h>

#include "cmd/batch/values.h"
#include "formats/yaml.h"

static void expands_one(const char *text, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	int r = batch_values_expand(text, "web", &b, &err);
	if (!expected) {
		assert_int_equal(r, -ERR_INVAL);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(b.data, expected);
}

static void variables_are_written_out(void **state)
{
	setenv("BATCH_TAG", "1.4", 1);
	setenv("BATCH_EMPTY", "", 1);
	unsetenv("BATCH_NONE");
	expands_one("app:${BATCH_TAG}-${SLIM_IMAGE}", "app:1.4-web");
	expands_one("a${BATCH_EMPTY}b", "ab");
	expands_one("${BATCH_EMPTY:-x}${BATCH_NONE:-}${BATCH_NONE:-y:-z}", "xy:-z");
	expands_one("$HOME $$ $${HOME} $", "$HOME $$ ${HOME} $");
	expands_one("${BATCH_NONE}", NULL);
	expands_one("${", NULL);
	expands_one("${}", NULL);
	expands_one("${1}", NULL);
	expands_one("${A#b}", NULL);
	expands_one("${BATCH_TAG", NULL);
}

/* yaml: of the value. expected: the arguments, joined by a line's end; NULL = the id of the error is error. */
static void is_one(const struct option_row *row, bool is_step, const char *yaml, const char *expected)
{
	CLEANUP_STRLIST struct strlist l = {0};
	CLEANUP_BUF struct buf joined = {0};
	struct err err = {0};
	json_t *root = NULL;
	buf_printf(&joined, "v: %s\n", yaml);
	assert_int_equal(yaml_parse(joined.data, joined.len, "test", NULL, &root, &err), 0);
	int r = batch_values_add(row, json_object_get(root, "v"), is_step, NULL, &l, &err);
	json_decref(root);
	if (!expected) {
		assert_int_equal(r, -ERR_INVAL);
		assert_non_null(strstr(err.msg, row->name));
		return;
	}
	joined.len = 0;
	buf_str(&joined, "");
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&joined, "%s%s", i ? "\n" : "", l.items[i]);
	assert_int_equal(r, 0);
	assert_string_equal(joined.len ? joined.data : "", expected);
}

static void becomes_one(const struct option_row *row, const char *yaml, const char *expected)
{
	is_one(row, false, yaml, expected);
}

static void values_become_arguments(void **state)
{
	static const struct option_row push = {"push", 0, OPTION_FLAG, 0, NULL, ""},
				       crawl = {"crawl", 0, OPTION_BOOL, 0, "BOOL", ""},
				       keep = {"keep", 0, OPTION_STRING, 0, "LEVEL", ""},
				       cmd = {"cmd", 0, OPTION_STRING, 0, "CMD", ""},
				       exec = {"exec", 0, OPTION_LIST, 0, "CMD", ""},
				       env = {"env", 0, OPTION_ENV, 0, "NAME=VALUE", ""},
				       heal = {"heal", 0, OPTION_COUNT, 0, "N", ""};
	becomes_one(&push, "true", "--push");
	becomes_one(&push, "false", "");
	becomes_one(&push, "yes", NULL); /* a string in YAML 1.2 */
	becomes_one(&crawl, "false", "--crawl=false");
	becomes_one(&crawl, "\"true\"", NULL);
	becomes_one(&keep, "safe", "--keep=safe");
	becomes_one(&keep, "true", NULL);
	becomes_one(&keep, "", NULL);
	becomes_one(&keep, "[a]", NULL);
	becomes_one(&keep, "{a: b}", NULL);
	becomes_one(&heal, "3", "--heal=3");
	becomes_one(&heal, "1.5", "--heal=1.5");
	becomes_one(&cmd, "run it", "--cmd=run it");
	becomes_one(&cmd, "[sh, -c, 'echo \"a\" $${B}', 7]", "--cmd=[\"sh\",\"-c\",\"echo \\\"a\\\" ${B}\",\"7\"]");
	becomes_one(&cmd, "[[a]]", NULL);
	becomes_one(&exec, "one", "--exec=one");
	becomes_one(&exec, "[one, [two, words]]", "--exec=one\n--exec=[\"two\",\"words\"]");
	becomes_one(&exec, "[]", "");
	becomes_one(&exec, "{a: b}", NULL);
	becomes_one(&env, "{A: 1, B: x=y}", "--env=A=1\n--env=B=x=y");
	becomes_one(&env, "[A=1, B]", "--env=A=1\n--env=B");
	becomes_one(&env, "{A: [1]}", NULL);
	is_one(&exec, true, "[two, words]", "--exec=[\"two\",\"words\"]");
	is_one(&exec, true, "[[two, words]]", NULL);
	is_one(&env, true, "[A=1, B=2]", "--env=A=1\n--env=B=2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(variables_are_written_out),
	    cmocka_unit_test(values_become_arguments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
