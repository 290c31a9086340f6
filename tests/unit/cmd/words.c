#include "unit.h"

#include "cmd/words.h"

static void words_one(const char *text, const char *joined)
{
	CLEANUP_STRLIST struct strlist words = {0};
	struct err err = {0};
	int r = words_parse(text, "cmd", &words, &err);
	if (!joined) {
		assert_int_equal(r, -ERR_INVAL);
		assert_non_null(strstr(err.msg, "--cmd"));
		return;
	}
	assert_int_equal(r, 0);
	char have[256] = "";
	for (size_t i = 0; i < words.count; i++) {
		strcat(have, "<");
		strcat(have, words.items[i]);
		strcat(have, ">");
	}
	assert_string_equal(have, joined);
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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_as_a_shell_splits_them),
	    cmocka_unit_test(json_arrays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
