#include "unit.h"

#include "base/buf.h"

static void escaped_one(const char *s, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, s, strlen(s));
	assert_string_equal(b.len ? b.data : "", want);
}

static void what_is_seen_stays(void **state)
{
	escaped_one("", "");
	escaped_one("plain ~ \\x41 text", "plain ~ \\x41 text");
	escaped_one("\xc3\xa4 \xe2\x82\xac \xe6\xbc\xa2 \xf0\x9f\x90\x8c \xd7\xa9",
		    "\xc3\xa4 \xe2\x82\xac \xe6\xbc\xa2 \xf0\x9f\x90\x8c \xd7\xa9");
}

static void what_is_not_seen_is_escaped(void **state)
{
	escaped_one("a\033[31m\n\x7f", "a\\x1b[31m\\x0a\\x7f");
	escaped_one("\xc2\x9b", "\\xc2\\x9b"); /* CSI */
	escaped_one("\xe2\x80\xae"
		    "exe",
		    "\\xe2\\x80\\xae"
		    "exe");                                      /* right-to-left override */
	escaped_one("\xe2\x81\xa6", "\\xe2\\x81\\xa6");          /* isolate */
	escaped_one("\xd8\x9c", "\\xd8\\x9c");                   /* Arabic letter mark */
	escaped_one("\xe2\x80\x8b", "\\xe2\\x80\\x8b");          /* zero width */
	escaped_one("\xef\xbb\xbf", "\\xef\\xbb\\xbf");          /* byte order mark */
	escaped_one("\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"); /* tag */
	escaped_one("\xff\xc3", "\\xff\\xc3");                   /* not UTF-8 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_seen_stays),
	    cmocka_unit_test(what_is_not_seen_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
