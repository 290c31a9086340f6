#include "unit.h"

#include "dockerfile/quote.h"

static void what_can_be_said(void **state)
{
	static const struct {
		const char *text;
		bool say, copy;
	} cases[] = {
	    {"", true, true},
	    {"/a b $x ${y} \"q\" 'q' #h", true, true},
	    {"/\xc3\xa4", true, true},
	    {"/a*b", true, false},
	    {"/a?b", true, false},
	    {"/[id].js", true, false},
	    {"/a\\b", true, false},
	    {"/<<EOF", true, false},
	    {"/a\nRUN x", false, false},
	    {"/a\rb", false, false},
	    {"/\x1b[31m", false, false},
	    {"/\xff", false, false},
	    {"/\xe2\x80\xae", false, false}, /* turns the line around */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(dockerfile_can_say(cases[i].text), cases[i].say);
		assert_int_equal(dockerfile_can_copy(cases[i].text), cases[i].copy);
	}
}

static void words_one(const char *a, const char *b, const char *want)
{
	CLEANUP_STRLIST struct strlist l = {0};
	CLEANUP_BUF struct buf out = {0};
	strlist_add(&l, a);
	strlist_add(&l, b);
	dockerfile_words(&out, &l, 0);
	assert_int_equal(out.data[0], ' ');
	assert_string_equal(out.data + 1, want);
}

static void words(void **state)
{
	words_one("/usr/bin/a", "/usr/bin/", "/usr/bin/a /usr/bin/");
	words_one("/a b", "/", "[\"/a b\", \"/\"]");
	words_one("/$HOME", "/", "[\"/\\\\$HOME\", \"/\"]");
	words_one("/it's", "/\"", "[\"/it\\\\'s\", \"/\\\\\\\"\"]");
	words_one("--from=x", "/", "[\"--from=x\", \"/\"]");
	words_one("/\xc3\xa4", "", "[\"/\\u00E4\", \"\"]");
}

static void lines_that_are_continued(void **state)
{
	CLEANUP_STRLIST struct strlist l = {0};
	CLEANUP_BUF struct buf plain = {0}, quoted = {0};
	for (const char *const *p = (const char *const[]){"/123456", "/1", "/12345678901234567890", "/", NULL}; *p; p++)
		strlist_add(&l, *p);
	buf_str(&plain, "COPY");
	dockerfile_words(&plain, &l, 20);
	assert_string_equal(plain.data, "COPY /123456 /1 \\\n    /12345678901234567890 \\\n    /");
	strlist_add(&l, "/ ");
	dockerfile_words(&quoted, &l, 20);
	assert_string_equal(quoted.data, " [\"/123456\", \\\n    \"/1\", \\\n    \"/12345678901234567890\", \\\n"
					 "    \"/\", \"/ \"]");
}

static void lines(void **state)
{
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_STRLIST struct strlist l = {0};
	dockerfile_quote(&out, "a\"b\\ $x 'q'\\");
	assert_string_equal(out.data, "\"a\\\"b\\\\ \\$x 'q'\\\\\"");
	out.len = 0;
	dockerfile_escape(&out, "/a b$x\\'");
	assert_string_equal(out.data, "/a b\\$x\\\\\\'");
	out.len = 0;
	strlist_add(&l, "$HOME\n");
	strlist_add(&l, "\"");
	dockerfile_json(&out, &l);
	assert_string_equal(out.data, "[\"$HOME\\n\", \"\\\"\"]");
	out.len = 0;
	dockerfile_comment(&out, "%s", "a\nRUN false\x1b");
	assert_string_equal(out.data, "# a\\x0aRUN false\\x1b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_can_be_said),
	    cmocka_unit_test(words),
	    cmocka_unit_test(lines_that_are_continued),
	    cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests_name("dockerfile/quote", tests, NULL, NULL);
}
