#include "unit.h"

#include "text/glob.h"

static void match(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool want;
	} cases[] = {
	    {"/a/b", "/a/b", true},
	    {"/a/b", "/a//b/", true},
	    {"/a/b", "a/b", false},
	    {"a", "/a", false},
	    {"/a", "/a/b", false},
	    {"/a/b", "/a", false},
	    {"/*", "/a", true},
	    {"/*", "/.a", true},
	    {"/*", "/a/b", false},
	    {"/a*c?", "/abccd", true},
	    {"/a*c?", "/abcc", true},
	    {"/a*c?", "/ac", false},
	    {"/*a*b*", "/xxaxxabx", true},
	    {"/*.so", "/.so.so.s", false},
	    {"/[a]", "/a", false},
	    {"/**", "/", true},
	    {"/a/**", "/a", true},
	    {"/a/**", "/a/b/c", true},
	    {"/a/**", "/ab", false},
	    {"/**/c", "/c", true},
	    {"/**/c", "/a/b/c", true},
	    {"/**/c", "/a/bc", false},
	    {"/a/**/b/*/c", "/a/b/b/x/c", true},
	    {"/a/**/b/*/c", "/a/b/x/b/x/c/d", false},
	    {"/a/**/b/**/c", "/a/x/b/c", true},
	    {"**/b", "a/b", true},
	    {"/a**", "/abc", true},
	    {"/a**", "/abc/d", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_match(cases[i].pattern, cases[i].path) != cases[i].want)
			fail_msg("%s %s", cases[i].pattern, cases[i].path);
}

static void match_end(void **state)
{
	assert_true(glob_match_end("/a/b", "/a/b"));
	assert_false(glob_match_end("/b", "/a/b"));
	assert_true(glob_match_end("b", "/a/b"));
	assert_true(glob_match_end("b/*.c", "/a/b/x.c"));
	assert_false(glob_match_end("b/*.c", "/a/xb/x.c"));
	assert_false(glob_match_end("a/b/c", "/b/c"));
	assert_true(glob_match_end("b/c", "/b/c"));
}

static void expand_one(const char *pattern, const char *want)
{
	CLEANUP_STRLIST struct strlist l = {0};
	char got[256] = "";
	if (glob_expand(pattern, 8, &l))
		for (size_t i = 0; i < l.count; i++)
			strcat(strcat(got, l.items[i]), " ");
	assert_string_equal(got, want);
}

static void expand(void **state)
{
	expand_one("a", "a ");
	expand_one("/{,usr/}lib/{a,b}", "/lib/a /lib/b /usr/lib/a /usr/lib/b ");
	expand_one("{a}", "a ");
	expand_one("a}", "a} ");
	expand_one("{a,b", "");
	expand_one("{a,{b,c}}", ""); /* nested */
	expand_one("x{{a,b},c}", "");
	expand_one("{a,b}{c,{d}}", "");
	expand_one("{a,b}}", "a} b} ");
	expand_one("{1,2,3}{1,2,3}", ""); /* too many */
}

/* Paths against paths, names against names. */
static void any(void **state)
{
	static const char *const patterns[] = {"perl", "python3.*", "/usr/lib/*-linux-*"};
	assert_true(GLOB_MATCH_ANY(patterns, "python3.11-minimal"));
	assert_false(GLOB_MATCH_ANY(patterns, "python3-lxml"));
	assert_true(GLOB_MATCH_ANY(patterns, "/usr/lib/x86_64-linux-gnu"));
	assert_false(GLOB_MATCH_ANY(patterns, "/perl"));
	assert_false(GLOB_MATCH_ANY(patterns, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(match),
	    cmocka_unit_test(match_end),
	    cmocka_unit_test(any),
	    cmocka_unit_test(expand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
