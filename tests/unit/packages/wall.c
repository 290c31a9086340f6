#include "unit.h"

#include "base/mem.h"
#include "packages/frame.h"
#include "packages/wall.h"
#include "text/json.h"

#define HEADER "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":3}\n"

static bool open_text(const char *text, size_t n, struct packages_wall *out)
{
	CLEANUP_BUF struct buf packed = {0};
	packages_frame_write(text, n, &packed);
	return packages_wall_open(&packed, out);
}

static void headers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
	    {HEADER, true},
	    {"{\"jsonwall\":\"1.9\",\"schema\":\"1.2\",\"count\":\"x\"}", true},
	    {"", false},
	    {"\n" HEADER, false},
	    {"[1]\n", false},
	    {"{}\n", false},
	    {"{\"jsonwall\":\"2.0\",\"schema\":\"1.0\",\"count\":1}\n", false},
	    {"{\"jsonwall\":\"1.0\",\"schema\":\"2.0\",\"count\":1}\n", false},
	    {"{\"jsonwall\":\"1.0\",\"count\":1}\n", false},
	    {"{\"jsonwall\":1,\"schema\":\"1.0\"}\n", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_PACKAGES_WALL struct packages_wall w = {0};
		if (open_text(cases[i].text, strlen(cases[i].text), &w) != cases[i].ok)
			fail_msg("%s", cases[i].text);
	}
	CLEANUP_PACKAGES_WALL struct packages_wall w = {0};
	CLEANUP_BUF struct buf plain = {0};
	buf_str(&plain, HEADER);
	assert_false(packages_wall_open(&plain, &w)); /* not packed */
}

static void limits(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_PACKAGES_WALL struct packages_wall w = {0};
	buf_str(&text, HEADER);
	for (size_t i = 1; i < PACKAGES_WALL_LINES; i++)
		buf_char(&text, '\n');
	assert_true(open_text(text.data, text.len, &w));
	packages_wall_done(&w);
	buf_char(&text, '\n');
	assert_false(open_text(text.data, text.len, &w));

	CLEANUP_FREE char *zeros = mem_alloc(PACKAGES_WALL_MAX + 1);
	memcpy(zeros, HEADER, strlen(HEADER));
	assert_true(open_text(zeros, PACKAGES_WALL_MAX, &w));
	packages_wall_done(&w);
	assert_false(open_text(zeros, PACKAGES_WALL_MAX + 1, &w));
}

/* Which lines are entries: "n" of each, or "-". */
static void lines(void **state)
{
	CLEANUP_BUF struct buf text = {0}, got = {0};
	buf_str(&text, HEADER "{\"n\":\"a\"}\n\n[]\n{\"n\":\"b\",\"n\":\"c\"}\n{\"n\":1}\n{\"n\":\"");
	const size_t begin = text.len;
	while (text.len - begin < PACKAGES_WALL_LINE)
		buf_char(&text, 'x');
	buf_str(&text, "\"}\n{\"n\":\"last\"}");
	CLEANUP_PACKAGES_WALL struct packages_wall w = {0};
	assert_true(open_text(text.data, text.len, &w));
	struct packages_wall_cursor at = {.wall = &w};
	while (packages_wall_next(&at))
		buf_printf(&got, "%s,", at.entry ? packages_wall_text(at.entry, "n") : "-");
	assert_string_equal(got.data, "a,-,-,-,,-,last,");
	assert_null(at.entry);
}

/* The bytes of a line decide its place, and a new line is spelt as chisel spells it. */
static void writing(void **state)
{
	CLEANUP_PACKAGES_WALL struct packages_wall old = {0}, new = {0};
	CLEANUP_PACKAGES_WALL_LINES struct packages_wall_lines made = {0};
	CLEANUP_BUF struct buf packed = {0};
	assert_true(open_text(HEADER, strlen(HEADER), &old));
	packages_wall_keep(&made, (struct packages_field){"{\"kind\":\"x\"}", 12});
	packages_wall_keep(&made, (struct packages_field){"{\"kind\":\"\xff\"}", 12});
	packages_wall_keep(&made, (struct packages_field){"{\"kind\":\"x\",\"a\":1}", 18});
	json_auto_t *entry = json_pack("{s:s, s:s}", "kind", "a<b>&", "a", "\u2028 \u2027 \u2029 \u00fc");
	packages_wall_add(&made, entry);
	packages_wall_write(&old, &made, &packed);
	assert_true(packages_wall_open(&packed, &new));
	assert_string_equal(new.text.data,
			    "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":5}\n"
			    "{\"kind\":\"a\\u003cb\\u003e\\u0026\",\"a\":\"\\u2028 \u2027 \\u2029 \u00fc\"}\n"
			    "{\"kind\":\"x\",\"a\":1}\n{\"kind\":\"x\"}\n{\"kind\":\"\xff\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(lines),
	    cmocka_unit_test(writing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
