#include "unit.h"

#include <locale.h>

#include "cmd/explore/canvas/text.h"

#define CHINESE "\xe4\xb8\xad\xe6\x96\x87" /* two characters, four columns */
#define ACUTE "\xcc\x81"                   /* goes onto the character before it */

static void cuts_one(const char *s, size_t columns, const char *cut, const char *cut_start, size_t used)
{
	CLEANUP_BUF struct buf a = {0}, b = {0};
	buf_str(&a, "");
	buf_str(&b, "");
	assert_int_equal(explore_text_cut(s, strlen(s), columns, &a), used);
	assert_string_equal(a.data, cut);
	assert_true(explore_text_cut_start(s, strlen(s), columns, &b) <= columns);
	assert_string_equal(b.data, cut_start);
	assert_true(explore_text_width(a.data, a.len) <= columns);
	assert_true(explore_text_width(b.data, b.len) <= columns);
}

static void cuts(void **state)
{
	cuts_one("name", 4, "name", "name", 4);
	cuts_one("name", 3, "na>", "<me", 3);
	cuts_one("name", 1, ">", "<", 1);
	cuts_one("name", 0, "", "", 0);
	cuts_one("", 3, "", "", 0);
	cuts_one(CHINESE, 4, CHINESE, CHINESE, 4);
	cuts_one(CHINESE, 3, "\xe4\xb8\xad>", "<\xe6\x96\x87", 3);
	cuts_one("x" CHINESE, 4, "x\xe4\xb8\xad>", "<\xe6\x96\x87", 4);
	cuts_one(CHINESE "x", 3, "\xe4\xb8\xad>", "<x", 3);
	cuts_one("a\033[2Jb", 9, "a\\x1b[2Jb", "a\\x1b[2Jb", 9);
	cuts_one("a\033[2Jb", 5, "a>", "<[2Jb", 2);
	cuts_one("\xff\n", 8, "\\xff\\x0a", "\\xff\\x0a", 8);
	cuts_one("e" ACUTE "e", 2, "e" ACUTE "e", "e" ACUTE "e", 2);
	cuts_one("e" ACUTE "ee", 2, "e" ACUTE ">", "<e", 2);
}

/* A mark without a character before it, or with too many others, would change what stands beside it. */
static void marks_alone(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	cuts_one(ACUTE "x", 9, "\\xcc\\x81x", "\\xcc\\x81x", 9);
	explore_text_cut("e" ACUTE ACUTE ACUTE ACUTE "x", 10, 99, &b);
	assert_string_equal(b.data, "e" ACUTE ACUTE ACUTE "\\xcc\\x81x");
}

static void wraps_one(const char *text, size_t columns, const char *lines)
{
	CLEANUP_STRLIST struct strlist l = {0};
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "");
	explore_text_wrap(text, columns, &l);
	for (size_t i = 0; i < l.count; i++) {
		buf_printf(&b, "%s|", l.items[i]);
		assert_true(explore_text_width(l.items[i], strlen(l.items[i])) <= (columns < 8 ? 8 : columns));
	}
	assert_string_equal(b.data, lines);
}

static void wraps(void **state)
{
	wraps_one("", 10, "");
	wraps_one("\n", 10, "|");
	wraps_one("one two three", 10, "one two|three|");
	wraps_one("  one two three\nfour", 10, "  one two|  three|four|");
	wraps_one("abcdefghijklmnop", 10, "abcdefghij|klmnop|");
	wraps_one("one two", 1, "one two|");
	wraps_one("                    deep", 10, "  deep|");
	wraps_one(CHINESE CHINESE CHINESE, 9, CHINESE CHINESE "|" CHINESE "|");
	wraps_one("   ", 10, "  |");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cuts),
	    cmocka_unit_test(marks_alone),
	    cmocka_unit_test(wraps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
