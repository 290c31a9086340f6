#include "unit.h"

#include "base/mem.h"
#include "report/checks/lock.h"

static void fill(struct report_lock *l, const char *state, size_t lines)
{
	*l = (struct report_lock){.file = mem_strdup("slim.lock"), .state = state};
	for (size_t i = 0; i < lines; i++)
		strlist_take(&l->lines, mem_printf("/a%zu changed", i));
}

static void text_one(const char *state, bool published, size_t lines, const char *want)
{
	struct report_lock l;
	CLEANUP_BUF struct buf out = {0};
	fill(&l, state, lines);
	report_lock_text(&l, published, &out);
	assert_string_equal(out.len ? out.data : "", want);
	report_lock_done(&l);
}

static void as_text(void **state)
{
	text_one(NULL, true, 0, "");
	text_one("new", true, 0, "lock file   slim.lock: new\n");
	text_one("new", false, 0, "lock file   slim.lock: not there yet\n");
	text_one("same", true, 0, "lock file   slim.lock: no change\n");
	text_one("changed", false, 1, "lock file   slim.lock: 1 change\n              /a0 changed\n");
	text_one("updated", true, 2,
		 "lock file   slim.lock: 2 changes, updated\n              /a0 changed\n              /a1 changed\n");
}

static void long_text(void **state)
{
	struct report_lock l;
	CLEANUP_BUF struct buf out = {0};
	fill(&l, "changed", 30);
	report_lock_text(&l, true, &out);
	assert_non_null(strstr(out.data, "/a24 changed\n              and 5 more\n"));
	report_lock_done(&l);
}

static void summary_one(size_t lines, const char *want)
{
	struct report_lock l;
	fill(&l, "changed", lines);
	CLEANUP_FREE char *got = report_lock_summary(&l);
	assert_string_equal(got, want);
	report_lock_done(&l);
}

static void summary(void **state)
{
	summary_one(0, "no change");
	summary_one(1, "1 change: /a0 changed");
	summary_one(4, "4 changes: /a0 changed; /a1 changed; /a2 changed; and 1 more");
}

static void as_json(void **state)
{
	struct report_lock l = {0};
	json_auto_t *none = report_lock_json(&l);
	assert_true(json_is_null(none));
	fill(&l, "changed", 1);
	json_auto_t *v = report_lock_json(&l);
	CLEANUP_FREE char *text = json_dumps(v, JSON_COMPACT);
	assert_string_equal(text, "{\"file\":\"slim.lock\",\"state\":\"changed\",\"changes\":[\"/a0 changed\"]}");
	report_lock_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_text),
	    cmocka_unit_test(long_text),
	    cmocka_unit_test(summary),
	    cmocka_unit_test(as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
