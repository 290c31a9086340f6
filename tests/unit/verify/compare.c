#include "unit.h"

#include "verify/compare.h"

static enum exercise_kind kind_of(const char *name)
{
	for (int i = 0; i < EXERCISE_KINDS; i++)
		if (strcmp(exercise_kind_name((enum exercise_kind)i), name) == 0)
			return (enum exercise_kind)i;
	fail_msg("not a kind: %s", name);
	abort();
}

/* A run written by hand: "STATUS; KIND WHAT STATUS TYPE BODY UNEXPECTED; ..." with "!" for a run that failed,
 * "<" for one whose crawl was cut short. */
static void make_run(const char *text, struct run_result *out)
{
	*out = (struct run_result){.command = mem_strdup("cmd")};
	CLEANUP_FREE char *copy = mem_strdup(text);
	char *rest = copy, *part = strsep(&rest, ";");
	if (*part == '!')
		out->failure = mem_strdup(part + 1);
	else if (*part == '<')
		out->steps.cut_short = true;
	else
		out->status = atoi(part);
	while ((part = strsep(&rest, ";"))) {
		char kind[32] = "", what[64] = "", type[32] = "", body[64] = "", unexpected[64];
		int status = 0;
		int n = sscanf(part, " %31s %63s %d %31s %63s %63s", kind, what, &status, type, body, unexpected);
		if (n < 3)
			fail_msg("not a step: %s", part);
		struct exercise_step s = {
		    .kind = kind_of(kind), .what = mem_strdup(what), .port = 80, .status = status};
		if (n > 3)
			exercise_answer_set(&s.answer, type, body, strlen(body), strlen(body));
		if (n > 5)
			s.unexpected = mem_strdup(unexpected);
		exercise_log_add(&out->steps, &s);
	}
}

/* Compares repetitions of one run each; the differences as lines "where what expected got", then what varies (~) and
 * what is incomparable (?). */
static void compare_one(const char *const *original, const char *const *slim, size_t equal_steps, const char *want)
{
	struct run_result runs[2][4];
	struct verify_compare_side sides[2] = {0};
	for (int i = 0; i < 2; i++)
		for (const char *const *t = i ? slim : original; *t; t++) {
			make_run(*t, &runs[i][sides[i].count]);
			sides[i].runs[sides[i].count] = &runs[i][sides[i].count];
			sides[i].count++;
		}
	struct verify_verdict v = {0};
	struct buf b = {0};
	bool differs;
	verify_compare(&sides[0], &sides[1], 1, false, &differs, &v);
	assert_int_equal(differs, v.n_differences > 0);
	for (size_t i = 0; i < v.n_differences; i++)
		buf_printf(&b, "%s|%s|%s|%s\n", v.differences[i].where, v.differences[i].what,
			   v.differences[i].expected, v.differences[i].got);
	for (size_t i = 0; i < v.variable.count; i++)
		buf_printf(&b, "~ %s\n", v.variable.items[i]);
	for (size_t i = 0; i < v.incomparable.count; i++)
		buf_printf(&b, "? %s\n", v.incomparable.items[i]);
	assert_string_equal(b.len ? b.data : "", want);
	assert_int_equal(v.equal_steps, equal_steps);
	buf_done(&b);
	verify_verdict_done(&v);
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < sides[i].count; k++) {
			free(runs[i][k].command);
			free(runs[i][k].failure);
			exercise_log_done(&runs[i][k].steps);
		}
}
#define ONE(steps, want, original, ...)                                                                                \
	compare_one((const char *const[]){original, NULL}, (const char *const[]){__VA_ARGS__, NULL}, steps, want)
#define TWO(steps, want, first, second, ...)                                                                           \
	compare_one((const char *const[]){first, second, NULL}, (const char *const[]){__VA_ARGS__, NULL}, steps, want)

static void values(void **state)
{
	ONE(2, "", "0; http /a 200 html x; exec b 0 - y", "0; http /a 200 html x; exec b 0 - y");
	ONE(0, "/a on port 80|status|200|500\n/a on port 80|answer|x|boom\n", "0; http /a 200 html x",
	    "0; http /a 500 html boom");
	ONE(0, "/a on port 80|content type|html|text\n", "0; http /a 200 html x", "0; http /a 200 text x");
	ONE(0, "/a on port 80|answer|x|y\n", "0; http /a 200 html x", "0; http /a 200 html y");
	ONE(0, "/a on port 80|status|200|no answer\n", "0; http /a 200", "0; http /a -1");
	ONE(0, "the run `cmd`|exit status|0|3\n", "0", "3");
}

static void expectations(void **state)
{
	ONE(0, "/a on port 80|expectation|met|not met\n/a on port 80|unexpected|nothing|why\n", "0; http /a 200 html x",
	    "0; http /a 200 html x why");
	ONE(1, "", "0; http /a 200 html x why", "0; http /a 200 html x because");
	/* the page varies, but not whether it is the right one */
	TWO(0,
	    "/a on port 80|expectation|met|not met\n/a on port 80|unexpected|nothing|t=3\n"
	    "~ /a on port 80: answer\n",
	    "0; http /a 200 html t=1", "0; http /a 200 html t=2", "0; http /a 200 html t=3 t=3");
}

static void matching(void **state)
{
	ONE(3, "", "0; exec a 0 - 1; exec a 0 - 2; http /b 200",
	    "0; http /b 200; exec a 0 - 1; exec a 0 - 2; http /more 200");
	ONE(1, "/b on port 80|done|yes|no\n", "0; http /a 200; http /b 200", "0; http /a 200");
}

static void failures(void **state)
{
	ONE(1, "the run `cmd`|failure|none|no luck\n", "0; http /a 200; http /b 200", "!no luck; http /a 200");
	/* a failing repetition of either image is none of its words */
	TWO(1, "", "0; http /a 200", "!once", "0; http /a 200");
	ONE(1, "~ the run `cmd`: whether it runs\n", "0; http /a 200", "!once", "0; http /a 200");
	ONE(0, "the run `cmd`|failure|none|once\n", "0; http /a 200", "!once", "!twice");
}

static void what_varies(void **state)
{
	TWO(1, "~ /a on port 80: answer\n", "0; http /a 200 html t=1", "0; http /a 200 html t=2",
	    "0; http /a 200 html t=3");
	TWO(2, "~ /t1 on port 80: whether it is there\n", "0; http /a 200; http /t1 200",
	    "0; http /a 200; http /t2 200", "0; http /a 200; http /t3 200");
	ONE(2, "~ /b on port 80: whether it is there\n", "0; http /a 200; http /b 200", "<; http /a 200");
	ONE(0, "the run `cmd`|exit status|0|137 in 1 of 2 runs\n", "0", "137", "0");
	ONE(0, "~ the run `cmd`: exit status\n", "0", "137", "0", "0", "0");
}

static void statuses_that_vary(void **state)
{
	TWO(1, "~ /a on port 80: status\n", "0; http /a 200", "0; http /a 201", "0; http /a 202");
	TWO(0, "? /a on port 80: status (2xx, 5xx)\n", "0; http /a 200", "0; http /a 503", "0; http /a 404");
	TWO(0, "? the run `cmd`: exit status (success, signal)\n", "0", "137", "1");
	TWO(0, "/a on port 80|status|200|404\n", "0; http /a 200", "0; http /a 201", "0; http /a 404");
	TWO(0, "/a on port 80|status|200|no answer\n", "0; http /a 200", "0; http /a 503", "0; http /a -1");
	ONE(0, "/a on port 80|status|200|no answer in 1 of 2 runs\n", "0; http /a 200", "0; http /a 200",
	    "0; http /a -1");
	ONE(0, "/a on port 80|status|200|500 in 2 of 3 runs\n", "0; http /a 200", "0; http /a 200", "0; http /a 500",
	    "0; http /a 404");
}

/* Answers with different statuses are not held against each other. */
static void answers_of_a_status(void **state)
{
	ONE(1, "~ /a on port 80: status\n", "0; http /a 200 html x", "0; http /a 404 text no", "0; http /a 200 html x",
	    "0; http /a 200 html x", "0; http /a 200 html x");
	ONE(0, "/a on port 80|answer|x|z\n~ /a on port 80: status\n", "0; http /a 200 html x", "0; http /a 404 text no",
	    "0; http /a 200 html z", "0; http /a 200 html z", "0; http /a 200 html z");
	TWO(1, "~ /a on port 80: status\n", "0; http /a 200 html x", "0; http /a 201 text y", "0; http /a 201 text z");
	TWO(0, "? /a on port 80: status (2xx, 5xx)\n", "0; http /a 200 html x", "0; http /a 503 text y",
	    "0; http /a 200 html z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values),       cmocka_unit_test(matching),           cmocka_unit_test(failures),
	    cmocka_unit_test(what_varies),  cmocka_unit_test(statuses_that_vary), cmocka_unit_test(answers_of_a_status),
	    cmocka_unit_test(expectations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
