#include "unit.h"

#include "cmd/explore/sample.h"

static enum explore_answer press(struct explore_prompt *p, const char *name)
{
	const struct explore_key key = sample_key(name, strlen(name));
	return explore_prompt_key(p, &key);
}

static void a_line_is_typed(void **state)
{
	struct explore_prompt p = {0};
	explore_prompt_open(&p, EXPLORE_PROMPT_FILTER, "x");
	assert_int_equal(press(&p, "y"), EXPLORE_ANSWER_OPEN);
	assert_int_equal(press(&p, "\xc3\xa4"), EXPLORE_ANSWER_OPEN);
	press(&p, "\x01"); /* a control character */
	press(&p, "up");
	assert_string_equal(p.input.data, "xy\xc3\xa4");
	press(&p, "back");
	assert_string_equal(p.input.data, "xy");
	for (int i = 0; i < 5; i++)
		press(&p, "back");
	assert_string_equal(p.input.data, "");
	press(&p, "q");
	press(&p, "\x15");
	assert_string_equal(p.input.data, "");
	assert_int_equal(press(&p, "escape"), EXPLORE_ANSWER_NO);
	assert_int_equal(press(&p, "enter"), EXPLORE_ANSWER_DONE);
	explore_prompt_close(&p);
	assert_int_equal(p.kind, EXPLORE_PROMPT_NONE);
}

static void its_length_is_bounded(void **state)
{
	struct explore_prompt p = {0};
	explore_prompt_open(&p, EXPLORE_PROMPT_FILE, "");
	for (int i = 0; i < EXPLORE_INPUT_MAX + 100; i++)
		press(&p, "a");
	assert_int_equal(p.input.len, EXPLORE_INPUT_MAX);
	explore_prompt_close(&p);
}

static void only_y_agrees(void **state)
{
	struct explore_prompt p = {0};
	explore_prompt_open(&p, EXPLORE_PROMPT_REPLACE, "");
	assert_int_equal(press(&p, "enter"), EXPLORE_ANSWER_NO);
	assert_int_equal(press(&p, "n"), EXPLORE_ANSWER_NO);
	assert_int_equal(press(&p, "Y"), EXPLORE_ANSWER_NO);
	assert_int_equal(press(&p, "y"), EXPLORE_ANSWER_DONE);
	explore_prompt_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_typed),
	    cmocka_unit_test(its_length_is_bounded),
	    cmocka_unit_test(only_y_agrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
