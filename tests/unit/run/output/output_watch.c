#include "unit.h"

#include "run/output/output_watch.h"

static struct run_output_watch *watch(const char *first, const char *second)
{
	CLEANUP_STRLIST struct strlist patterns = {0};
	struct run_output_watch *w = NULL;
	strlist_add(&patterns, first);
	if (second)
		strlist_add(&patterns, second);
	assert_int_equal(run_output_watch_new(&patterns, &w, NULL), 0);
	return w;
}

/* pieces: each comes by itself. Whether all is found after the last. */
static void found_one(const char *pattern, const char *const *pieces, bool want)
{
	struct run_output_watch *w = watch(pattern, NULL);
	for (; *pieces; pieces++) {
		assert_false(run_output_watch_is_complete(w));
		run_output_watch_feed(w, *pieces, strlen(*pieces));
	}
	assert_int_equal(run_output_watch_is_complete(w), want);
	run_output_watch_free(w);
}
#define PIECES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void lines(void **state)
{
	found_one("ready", PIECES("starting\nready to go\n"), true);
	found_one("^ready$", PIECES("starting\nre", "ady"), true);
	found_one("b c", PIECES("a b\nc\n"), false);
	found_one("^$", PIECES("x"), false);
	found_one("port (80|90)", PIECES("x\n", "on port 90, at last"), true);
}

static void a_zero_byte_hides_nothing(void **state)
{
	struct run_output_watch *w = watch("ready", NULL);
	run_output_watch_feed(w, "a\0ready", 7);
	assert_true(run_output_watch_is_complete(w));
	run_output_watch_free(w);
}

static void long_lines_are_looked_at_in_part(void **state)
{
	struct run_output_watch *w = watch("end", NULL);
	char block[1024];
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 100; i++)
		run_output_watch_feed(w, block, sizeof(block));
	run_output_watch_feed(w, "end", 3);
	assert_false(run_output_watch_is_complete(w));
	run_output_watch_feed(w, "\nthe end\n", 9);
	assert_true(run_output_watch_is_complete(w));
	run_output_watch_free(w);
}

static void all_of_several(void **state)
{
	struct run_output_watch *w = watch("one", "two");
	run_output_watch_feed(w, "two\n", 4);
	assert_false(run_output_watch_is_complete(w));
	run_output_watch_feed(w, "one\n", 4);
	assert_true(run_output_watch_is_complete(w));
	assert_true(run_output_watch_fd(w) >= 0);
	run_output_watch_free(w);
}

static void nothing_to_wait_for(void **state)
{
	const struct strlist none = {0};
	struct run_output_watch *w = NULL;
	assert_int_equal(run_output_watch_new(&none, &w, NULL), 0);
	assert_null(w);
	assert_true(run_output_watch_is_complete(NULL));
	assert_int_equal(run_output_watch_fd(NULL), -1);
	run_output_watch_free(NULL);
}

static void malformed_patterns(void **state)
{
	CLEANUP_STRLIST struct strlist patterns = {0};
	struct run_output_watch *w = NULL;
	struct err err = {0};
	strlist_add(&patterns, "fine");
	strlist_add(&patterns, "a(b");
	assert_int_equal(run_output_watch_new(&patterns, &w, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "`a(b`"));
	assert_int_equal(run_output_watch_check("a(b", NULL), -ERR_INVAL);
	assert_int_equal(run_output_watch_check("a(b)", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(a_zero_byte_hides_nothing),
	    cmocka_unit_test(long_lines_are_looked_at_in_part),
	    cmocka_unit_test(all_of_several),
	    cmocka_unit_test(nothing_to_wait_for),
	    cmocka_unit_test(malformed_patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
