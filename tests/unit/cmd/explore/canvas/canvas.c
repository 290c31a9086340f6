#include "unit.h"

#include <locale.h>

#include "cmd/explore/canvas/canvas.h"

static void expect(const struct explore_canvas *c, const char *text)
{
	CLEANUP_BUF struct buf b = {0};
	explore_canvas_text(c, &b);
	assert_string_equal(b.data, text);
}

static void rows_are_cut_and_escaped(void **state)
{
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	explore_canvas_clear(&c, 10, 3);
	explore_canvas_put(&c, 0, EXPLORE_PLAIN, "0123456789abc");
	explore_canvas_put(&c, 0, EXPLORE_PLAIN, "more");
	explore_canvas_printf(&c, 1, EXPLORE_PLAIN, "%d\t", 7);
	explore_canvas_put(&c, 3, EXPLORE_PLAIN, "not there");
	explore_canvas_path(&c, 2, EXPLORE_PLAIN, "/a/long/path", 8);
	expect(&c, "012345678>\n7\\x09\n<ng/path\n");
	assert_int_equal(explore_canvas_left(&c, 0), 0);
	assert_int_equal(explore_canvas_left(&c, 1), 5);
	assert_int_equal(explore_canvas_left(&c, 3), 0);
	explore_canvas_clear(&c, 5, 1);
	expect(&c, "\n");
}

static void pieces_have_looks(void **state)
{
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	explore_canvas_clear(&c, 40, 1);
	explore_canvas_put(&c, 0, EXPLORE_PLAIN, "ab");
	explore_canvas_put(&c, 0, EXPLORE_PLAIN, "c");
	explore_canvas_put(&c, 0, EXPLORE_ADDED, "de");
	explore_canvas_fill(&c, 0, EXPLORE_CURSOR, 8);
	const struct explore_row *r = &c.rows[0];
	assert_int_equal(r->n_spans, 3);
	assert_int_equal(r->spans[1].at, 3);
	assert_int_equal(r->spans[1].look, EXPLORE_ADDED);
	assert_int_equal(r->spans[2].at, 5);
	assert_string_equal(r->text.data, "abcde   ");
	for (int i = 0; i < 40; i++)
		explore_canvas_put(&c, 0, i % 2 ? EXPLORE_PLAIN : EXPLORE_ADDED, "x");
	assert_int_equal(r->n_spans, EXPLORE_SPANS);
	assert_int_equal(r->used, 40);
}

static void sizes_are_bounded(void **state)
{
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	explore_canvas_clear(&c, 70000, 70000);
	assert_int_equal(c.columns, EXPLORE_COLUMNS_MAX);
	assert_int_equal(c.n_rows, EXPLORE_ROWS_MAX);
	explore_canvas_clear(&c, 0, 0);
	explore_canvas_put(&c, 0, EXPLORE_PLAIN, "x");
	assert_int_equal(c.n_rows, 0);
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_cut_and_escaped),
	    cmocka_unit_test(pieces_have_looks),
	    cmocka_unit_test(sizes_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
