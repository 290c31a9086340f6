#include "unit.h"

#include "cmd/explore/sample.h"

/* A directory with many entries. */
static void many(struct sample *s)
{
	*s = (struct sample){0};
	for (int i = 0; i < 100; i++) {
		char path[16];
		snprintf(path, sizeof(path), "/%03d", i);
		sample_add(&s->tree, path, VIEW_FILE, VIEW_KEPT, 1, 1);
	}
	view_tree_finish(&s->tree);
	s->model = (struct explore_model){.title = "many", .tree = &s->tree, .why = sample_why, .ctx = s};
}

static void scrolls_to_the_cursor(void **state)
{
	struct sample sample;
	struct explore_state s;
	many(&sample);
	explore_state_init(&s, &sample.model, 80, 24);
	const struct explore_cursor *c = &s.cursors[EXPLORE_TREE];
	const size_t page = explore_state_page(&s);
	assert_int_equal(page, 17);
	explore_state_move(&s, 16);
	assert_int_equal(c->top, 0);
	explore_state_move(&s, 17);
	assert_int_equal(c->top, 1);
	explore_state_move(&s, 1000);
	assert_int_equal(c->at, 99);
	assert_int_equal(c->top, 100 - page);
	explore_state_move(&s, 50);
	assert_int_equal(c->top, 50);
	explore_state_done(&s);
	sample_done(&sample);
}

static void another_size_keeps_the_row(void **state)
{
	struct sample sample;
	struct explore_state s;
	many(&sample);
	explore_state_init(&s, &sample.model, 80, 24);
	const struct explore_cursor *c = &s.cursors[EXPLORE_TREE];
	for (size_t rows = 0; rows < 130; rows++) {
		explore_state_move(&s, rows % 2 ? 99 : 0);
		explore_state_resize(&s, rows, rows);
		assert_int_equal(c->at, rows % 2 ? 99 : 0);
		assert_true(c->at >= c->top && c->at < c->top + explore_state_page(&s));
	}
	explore_state_done(&s);
	sample_done(&sample);
}

static void pages_of_text_are_broken_anew(void **state)
{
	struct sample sample;
	struct explore_state s;
	struct buf text = {0};
	sample_of_report(&sample);
	explore_state_init(&s, &sample.model, 80, 24);
	buf_str(&text, "one two three four five six seven eight nine ten");
	explore_state_page_open(&s, EXPLORE_WHY, &text);
	assert_null(text.data);
	assert_int_equal(s.lines.count, 1);
	explore_state_resize(&s, 30, 10);
	assert_int_equal(s.lines.count, 2);
	explore_state_page_open(&s, EXPLORE_HELP, &text);
	assert_int_equal(s.lines.count, 0);
	assert_int_equal(s.below, EXPLORE_TREE);
	explore_state_done(&s);
	sample_done(&sample);
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scrolls_to_the_cursor),
	    cmocka_unit_test(another_size_keeps_the_row),
	    cmocka_unit_test(pages_of_text_are_broken_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
