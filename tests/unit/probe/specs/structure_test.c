#include "unit.h"

#include "probe/specs/structure_test.h"

#define HEAD "schemaVersion: 2.0.0\ncommandTests:\n"

static void reads_one(const char *text, const char *want, const char *note)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	CLEANUP_BUF struct buf got = {0};
	struct err e = {0};
	if (probe_structure_test_parse(text, strlen(text), "f", &s, &notes, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	for (size_t i = 0; i < s.count; i++) {
		buf_printf(&got, "%s %d:", s.commands[i].what, s.commands[i].status);
		for (size_t j = 0; j < s.commands[i].argv.count; j++)
			buf_printf(&got, " [%s]", s.commands[i].argv.items[j]);
		for (size_t j = 0; j < s.commands[i].n_outputs; j++)
			buf_printf(&got, " %s~%s", s.commands[i].outputs[j].fails ? "!" : "",
				   s.commands[i].outputs[j].pattern);
		buf_char(&got, '\n');
	}
	assert_string_equal(got.data, want);
	assert_int_equal(notes.count, note ? 1 : 0);
	if (note)
		assert_string_equal(notes.items[0].text, note);
}

static void refuses_one(const char *text, const char *says)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	assert_int_equal(probe_structure_test_parse(text, strlen(text), "f", &s, &notes, &e), -ERR_INVAL);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void tests_of_commands(void **state)
{
	reads_one(HEAD "- name: gunicorn flask\n  setup: [[\"virtualenv\", \"/env\"], [\"pip\", \"install\", 5]]\n"
		       "  command: which\n  args: [gunicorn]\n  expectedOutput: ['/env/bin/gunicorn', '\\d']\n"
		       "  excludedOutput: [error]\n  teardown: [[rm, /x]]\n"
		       "- {name: fails, command: [\"/bin/false\"], exitCode: 1}\n",
		  "gunicorn flask: setup 1 -1: [virtualenv] [/env]\n"
		  "gunicorn flask: setup 2 -1: [pip] [install] [5]\n"
		  "gunicorn flask 0: [which] [gunicorn] ~/env/bin/gunicorn ~[0-9] !~error\n"
		  "gunicorn flask: teardown 1 -1: [rm] [/x]\n"
		  "fails 1: [/bin/false]\n",
		  NULL);
	reads_one(HEAD "- {name: a, command: b}\n- {name: c, command: d, envVars: [{key: A, value: b}]}\n",
		  "a 0: [b]\n", "f: slim does not run its checks of the type command with envVars (1)");
	reads_one(HEAD "- {name: a, command: b}\nfileExistenceTests: [{name: x, path: /y}]\n", "a 0: [b]\n",
		  "f: slim does not run its checks of the type fileExistenceTests (1)");
	reads_one(HEAD "- {name: a, command: b, expectedError: [x], expectedOutput: ['(?i)y']}\n", "a 0: [b]\n",
		  "f: slim does not run its checks of the type standard error or expression (2)");
}

static void mistakes(void **state)
{
	refuses_one("commandTests: []\n", "has a \"schemaVersion\"");
	refuses_one("schemaVersion: 2.0.0\n", "no test that slim can run");
	refuses_one(HEAD "- 1\n", "a command test is a mapping");
	refuses_one(HEAD "- {name: a}\n", "f, line 3: a command test has a \"name\" and a \"command\"");
	refuses_one(HEAD "- {name: a, comand: b}\n", "has no \"comand\"");
	refuses_one(HEAD "- {name: a, command: []}\n", "has no words");
	refuses_one(HEAD "- {name: a, command: [[b]]}\n", "not a list of words");
	refuses_one(HEAD "- {name: a, command: b, setup: [[]]}\n", "a command without words");
	refuses_one(HEAD "- {name: a, command: b, exitCode: 256}\n", "from 0 to 255");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tests_of_commands), cmocka_unit_test(mistakes)};
	return cmocka_run_group_tests_name("structure_test", tests, NULL, NULL);
}
