#include "unit.h"

#include "text/words.h"

static void words_are(const struct strlist *words, const char *joined)
{
	char have[256] = "";
	for (size_t i = 0; i < words->count; i++) {
		strcat(have, "<");
		strcat(have, words->items[i]);
		strcat(have, ">");
	}
	assert_string_equal(have, joined);
}

static void words_one(const char *text, const char *joined)
{
	CLEANUP_STRLIST struct strlist words = {0};
	struct err err = {0};
	int r = words_parse(text, "cmd", &words, &err);
	assert_int_equal(r, joined ? 0 : -ERR_INVAL);
	if (joined)
		words_are(&words, joined);
	else
		assert_non_null(strstr(err.msg, "--cmd"));
}

static void words_as_a_shell_splits_them(void **state)
{
	words_one("nginx -g 'daemon off;'", "<nginx><-g><daemon off;>");
	words_one("  a\tb  ", "<a><b>");
	words_one("", "");
	words_one("a\\ b \"c \\\" d\" '' x'y'z", "<a b><c \" d><><xyz>");
	words_one("echo $HOME `id` *", "<echo><$HOME><`id`><*>");
	words_one("'a\\b'", "<a\\b>");
	words_one("\"a\\b\"", "<a\\b>");
	words_one("'open", NULL);
}

static void json_arrays(void **state)
{
	words_one("[\"nginx\",\"-g\",\"daemon off;\"]", "<nginx><-g><daemon off;>");
	words_one(" []", "");
	words_one("[1]", NULL);
	words_one("[\"a\"", NULL);
	words_one("[\"a\"] trailing", NULL);
}

static void command_one(const char *text, const char *joined)
{
	CLEANUP_STRLIST struct strlist words = {0};
	strlist_add(&words, "");
	assert_int_equal(words_command(text, "sh", &words, NULL), 0);
	words_are(&words, joined);
}

static void commands(void **state)
{
	command_one("make test", "<><sh><-c><make test>");
	command_one(" a 'b c' | d", "<><sh><-c>< a 'b c' | d>");
	command_one("[\"a\", \"b c\", \"\"]", "<><a><b c><>");
	command_one(" \r\n[\"a\"]\n", "<><a>");
	command_one("[\"\xc3\xbc\\u00fc\"]", "<><\xc3\xbc\xc3\xbc>");
}

static void no_command_one(const char *text, const char *message)
{
	CLEANUP_STRLIST struct strlist words = {0};
	struct err err = {0};
	assert_int_equal(words_command(text, "sh", &words, &err), -ERR_INVAL);
	assert_string_equal(err.msg, message);
}

static void what_is_no_command(void **state)
{
	static const char *const broken[] = {"[\"a\"", "[\"a\"] trailing", "[\"a\\u0000b\"]", "[ -e /x ]"};
	static const char begin[] = "a command that begins with \"[\" is a JSON array of strings: ";
	no_command_one("", "the command is empty");
	no_command_one("  \t\n", "the command is empty");
	no_command_one("[]", "the command is empty");
	no_command_one("[\"\"]", "the command is empty");
	no_command_one("[\"a\", 1]", "item 2 of the command's JSON array is not a string");
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		CLEANUP_STRLIST struct strlist words = {0};
		struct err err = {0};
		assert_int_equal(words_command(broken[i], "sh", &words, &err), -ERR_INVAL);
		assert_memory_equal(err.msg, begin, strlen(begin));
	}
}

static void nearest(void **state)
{
	static const char *const names[] = {"ports", "expose", "environment", "env_file"};
	static const struct {
		const char *word, *want; /* NULL = none is near */
	} rows[] = {{"prots", "ports"},
		    {"port", "ports"},
		    {"enviroment", "environment"},
		    {"env-file", "env_file"},
		    {"volumes", NULL},
		    {"completely", NULL},
		    {"", NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = words_nearest(rows[i].word, names, 4);
		if (!rows[i].want != !got || (got && strcmp(got, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].word, got ? got : "none");
	}
	assert_null(words_nearest("ports", names, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nearest),  cmocka_unit_test(words_as_a_shell_splits_them), cmocka_unit_test(json_arrays),
	    cmocka_unit_test(commands), cmocka_unit_test(what_is_no_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
