#include "unit.h"

#include "text/path.h"

static void join_one(const char *base, const char *path, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	path_join(&b, base, path);
	assert_string_equal(b.data, want);
}

static void join(void **state)
{
	join_one("/srv", "a", "/srv/a");
	join_one("/srv/", "./a//b/.", "/srv/a/b/"); /* a directory, like a trailing slash */
	join_one("/srv", "/a", "/a");
	join_one("/srv", "a/", "/srv/a/");
	join_one("/srv", "../a", "/srv/../a");
	join_one("/", "", "/");
	join_one("/srv", "", "/srv");
}

static void below(void **state)
{
	assert_true(path_is_below("/a/b", "/a"));
	assert_true(path_is_below("/a", "/a"));
	assert_true(path_is_below("/a", "/"));
	assert_false(path_is_below("/ab", "/a"));
	assert_true(path_has_dotdot("a/../b"));
	assert_false(path_has_dotdot("a/..b/.../c"));
}

static void mount_points(void **state)
{
	char s[] = "/a\\040b\\134c\\011\\";
	path_unescape_mount(s);
	assert_string_equal(s, "/a b\\c\t\\");
	char cut[] = "/a\\2\0b"; /* what follows a NUL is not of it */
	path_unescape_mount(cut);
	assert_memory_equal(cut, "/a\\2\0b", sizeof(cut));
	char other[] = "/\\+12\\ 12\\89\\12";
	path_unescape_mount(other);
	assert_string_equal(other, "/\\+12\\ 12\\89\\12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(join),
	    cmocka_unit_test(below),
	    cmocka_unit_test(mount_points),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
