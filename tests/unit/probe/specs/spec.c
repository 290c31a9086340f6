#include "unit.h"

#include <stdlib.h>

#include "probe/specs/spec.h"

/* A container whose commands print their second word and end with the first one. */
static int fake_exec(void *ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err)
{
	if (strcmp(argv[0], "none") == 0)
		return err_set(err, ERR_NOTFOUND, "x", "no such program");
	if (strcmp(argv[0], "stop") == 0)
		return err_set(err, ERR_CANCELLED, "x", "stopped");
	*status = atoi(argv[0]);
	exercise_answer_set(answer, NULL, argv[1], strlen(argv[1]), strlen(argv[1]));
	return 0;
}

static void run_one(const char *first, const char *second, int status, const char *pattern, bool fails,
		    const char *want)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	const struct progress progress = {.cancel_fd = -1};
	const struct exercise_target t = {.exec = fake_exec, .progress = &progress};
	struct exercise_log log = {0};
	struct exercise e;
	struct err err = {0};
	struct probe_spec_command *c = probe_spec_add(&s, "it");
	strlist_add(&c->argv, first);
	strlist_add(&c->argv, second);
	c->status = status;
	if (pattern)
		probe_spec_output(c, pattern, fails);
	probe_spec(&s, &e);
	assert_int_equal(e.run(e.ctx, &t, &log, &err), strcmp(first, "stop") == 0 ? -ERR_CANCELLED : 0);
	assert_int_equal(log.count, 1);
	assert_string_equal(log.steps[0].what, "it");
	if (want)
		assert_string_equal(log.steps[0].unexpected, want);
	else
		assert_null(log.steps[0].unexpected);
	assert_int_equal(log.steps[0].wish == EXERCISE_WISH_MET, !want && (status >= 0 || pattern));
	exercise_log_done(&log);
}

static void what_is_expected(void **state)
{
	run_one("0", "text", 0, NULL, false, NULL);
	run_one("1", "text", 0, NULL, false, "status 1, not 0");
	run_one("1", "text", -1, NULL, false, NULL);
	run_one("0", "a\ntext\nb", 0, "^text$", false, NULL);
	run_one("0", "text", 0, "x{3}", false, "the output does not match \"x{3}\"");
	run_one("0", "text", 0, "ext", true, "the output matches \"ext\"");
	run_one("none", "", 0, NULL, false, "the command could not be run");
	run_one("stop", "", 0, NULL, false, "the command could not be run");
}

static void expressions(void **state)
{
	static const struct {
		const char *go, *ours;
	} pairs[] = {
	    {"a\\d+\\.", "a[0-9]+\\."}, {"\\w\\s", "\\w\\s"}, {"(?i)a", NULL}, {"\\Aa", NULL}, {"(", NULL}, {"", ""}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		CLEANUP_FREE char *got = probe_spec_regex(pairs[i].go);
		if (pairs[i].ours)
			assert_string_equal(got, pairs[i].ours);
		else
			assert_null(got);
	}
	CLEANUP_FREE char *quoted = probe_spec_quote("a.b*(c)[d]{e}|^$\\");
	assert_string_equal(quoted, "a\\.b\\*\\(c\\)\\[d\\]\\{e\\}\\|\\^\\$\\\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_expected), cmocka_unit_test(expressions)};
	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
