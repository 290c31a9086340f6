#include "unit.h"

#include "base/limits.h"
#include "verify/answer_diff.h"

static enum verify_answer_verdict verdict_of(const char *const *original, const char *const *slim,
					     struct verify_answer_place *place)
{
	struct exercise_answer answers[2][VERIFY_ANSWER_SAMPLES] = {0};
	const struct exercise_answer *sides[2][VERIFY_ANSWER_SAMPLES] = {0};
	size_t n[2] = {0};
	for (int side = 0; side < 2; side++)
		for (const char *const *s = side ? slim : original; *s; s++) {
			struct exercise_answer *a = &answers[side][n[side]];
			exercise_answer_set(a, NULL, *s, strlen(*s), strlen(*s));
			sides[side][n[side]++] = a;
		}
	enum verify_answer_verdict v = verify_answer_compare(sides[0], n[0], sides[1], n[1], place);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < n[side]; i++)
			exercise_answer_done(&answers[side][i]);
	return v;
}

static void samples_of_both(void **state)
{
	static const struct {
		const char *original[4], *slim[4];
		enum verify_answer_verdict want;
	} cases[] = {
	    {{"a"}, {"a"}, VERIFY_ANSWER_EQUAL},
	    {{""}, {""}, VERIFY_ANSWER_EQUAL},
	    {{"a"}, {"b"}, VERIFY_ANSWER_DIFFERS},
	    {{"a"}, {""}, VERIFY_ANSWER_DIFFERS},
	    {{"t=1", "t=2"}, {"t=1"}, VERIFY_ANSWER_EQUAL},
	    {{"t=1", "t=2"}, {"t=3"}, VERIFY_ANSWER_VOLATILE},
	    {{"t=1"}, {"t=3", "t=4"}, VERIFY_ANSWER_VOLATILE},
	    {{"t=1 x", "t=2 x"}, {"t=3 y"}, VERIFY_ANSWER_DIFFERS},
	    {{"t=1 x", "t=2 x"}, {"t=3 y", "t=4 z"}, VERIFY_ANSWER_VOLATILE},
	    {{"t=1 x", "t=2 x"}, {"t=3 y", "t=4 y"}, VERIFY_ANSWER_DIFFERS},
	    {{"14:03:10+01:00", "14:03:12+01:00"}, {"13:03:11+00:00"}, VERIFY_ANSWER_DIFFERS},
	    {{"t=1 x", "t=2 x"}, {"t=3 x x"}, VERIFY_ANSWER_DIFFERS},
	    {{"a b", "a b c"}, {"a"}, VERIFY_ANSWER_VOLATILE}, /* its length varies too */
	    {{"a b", "a b c"}, {""}, VERIFY_ANSWER_DIFFERS},   /* but it is never empty */
	    {{"a b", ""}, {""}, VERIFY_ANSWER_VOLATILE},
	    {{"\xc3\xa9 1", "\xc3\xa9 2"}, {"\xc3\xa8 3"}, VERIFY_ANSWER_DIFFERS},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum verify_answer_verdict v = verdict_of(cases[i].original, cases[i].slim, NULL);
		if (v != cases[i].want)
			fail_msg("case %zu: %d, not %d", i, v, cases[i].want);
	}
}

static void where_it_differs(void **state)
{
	struct verify_answer_place place;
	static const char *const a[] = {"t=1\nsame\nhere\n", "t=2\nsame\nhere\n", NULL}, *const b[] = {
											     "t=30\nsame\nthere\n",
											     NULL};
	assert_int_equal(verdict_of(a, b, &place), VERIFY_ANSWER_DIFFERS);
	assert_int_equal(place.original, 9);
	assert_int_equal(place.slim, 10);
}

static void long_answers_count_as_a_whole(void **state)
{
	struct exercise_answer a = {0}, b = {0}, c = {0};
	size_t n = LIMIT_ANSWER + 10;
	CLEANUP_FREE char *text = mem_alloc(n);
	memset(text, 'x', n);
	exercise_answer_set(&a, NULL, text, n, n);
	text[n - 1] = 'y';
	exercise_answer_set(&b, NULL, text, n, n);
	text[n - 2] = 'z';
	exercise_answer_set(&c, NULL, text, n, n);
	assert_int_equal(a.head.len, LIMIT_ANSWER);
	const struct exercise_answer *original[] = {&a, &b}, *slim[] = {&c};
	assert_int_equal(verify_answer_compare(original, 1, slim, 1, NULL), VERIFY_ANSWER_DIFFERS);
	assert_int_equal(verify_answer_compare(original, 2, slim, 1, NULL), VERIFY_ANSWER_VOLATILE);
	exercise_answer_done(&a);
	exercise_answer_done(&b);
	exercise_answer_done(&c);
}

static void excerpt_one(const char *text, size_t offset, const char *want)
{
	struct exercise_answer a = {0};
	CLEANUP_BUF struct buf b = {0};
	exercise_answer_set(&a, NULL, text, strlen(text), strlen(text));
	verify_answer_excerpt(&a, offset, &b);
	assert_string_equal(b.len ? b.data : "", want);
	exercise_answer_done(&a);
}

static void excerpts(void **state)
{
	excerpt_one("", 0, "");
	excerpt_one("one\ntwo\nthree\nfour\nfive\n", 5, "two\nthree\nfour");
	excerpt_one("one\ntwo", 7, "two");
	excerpt_one("one\n", 4, "");
	char line[1001], want[161] = "";
	memset(line, 'a', 1000);
	line[1000] = '\0';
	memset(want, 'a', 160);
	excerpt_one(line, 500, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(samples_of_both),
	    cmocka_unit_test(where_it_differs),
	    cmocka_unit_test(long_answers_count_as_a_whole),
	    cmocka_unit_test(excerpts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
