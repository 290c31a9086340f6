#include "unit.h"

#include "ci/lock/token.h"

static void word_one(const char *text, size_t n, const char *want)
{
	CLEANUP_BUF struct buf word = {0}, back = {0};
	ci_lock_token_add(&word, text, n);
	assert_string_equal(word.data, want);
	assert_true(ci_lock_token_text(word.data, word.len, &back));
	assert_int_equal(back.len, n);
	assert_true(!n || memcmp(back.data, text, n) == 0);
}

static void words(void **state)
{
	word_one("", 0, "-");
	word_one("-", 1, "%2D");
	word_one("--", 2, "--");
	word_one("/a b", 4, "/a%20b");
	word_one("100%\n\x7f\xc3", 7, "100%25%0A%7F%C3");
}

static void not_words(void **state)
{
	static const char *const bad[] = {"", "%", "%2", "a%2", "%2d", "%gg", "%00", " ", "\n", "\xc3"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP_BUF struct buf out = {0};
		assert_false(ci_lock_token_text(bad[i], strlen(bad[i]), &out));
	}
}

static void lines(void **state)
{
	const char *line = "a bc  d", *word;
	size_t n;
	assert_true(ci_lock_token_next(&line, &word, &n));
	assert_int_equal(n, 1);
	assert_true(ci_lock_token_next(&line, &word, &n));
	assert_int_equal(n, 2);
	assert_int_equal(memcmp(word, "bc", 2), 0);
	assert_false(ci_lock_token_next(&line, &word, &n));
	line = "a ";
	assert_true(ci_lock_token_next(&line, &word, &n));
	assert_false(ci_lock_token_next(&line, &word, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words),
	    cmocka_unit_test(not_words),
	    cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
