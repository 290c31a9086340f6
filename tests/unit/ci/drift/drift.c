#include "unit.h"

#include "ci/drift/drift.h"
#include "evidence/content.h"
#include "image.h"

static void trace_path(struct trace *t, const char *path, uint32_t kinds)
{
	trace_add(t, path, strlen(path), kinds | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
}

static void fill_trace(struct trace *t)
{
	trace_path(t, "/app/main.py", TRACE_OPEN);
	trace_path(t, "/app/gone.py", TRACE_OPEN);
	trace_path(t, "/app/local.py", TRACE_STAT);
	trace_path(t, "/app/plugins", TRACE_LIST);
	trace_path(t, "/app", TRACE_STAT);
	trace_path(t, "/lib/x", TRACE_OPEN);
	trace_path(t, "/proc/version", TRACE_OPEN);
}

/* The image that was recorded, and what it is by now. */
static void image_make(struct test_image *m, bool now)
{
	image_init(m);
	image_file(m, "app/main.py", now ? "2" : "1");
	image_file(m, now ? "app/local.py" : "app/gone.py", "1");
	image_file(m, "app/plugins/a", "1");
	if (now)
		image_file(m, "app/plugins/b", "1");
	image_file(m, "lib/x", now ? "1" : "1");
	image_index(m);
}

static void record(struct trace *t)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_EVIDENCE struct evidence e = {0};
	image_make(&m, false);
	fill_trace(t);
	assert_int_equal(evidence_init(&e, m.index, t, NULL), 0);
	for (size_t i = 0; i < t->paths.count; i++) {
		const uint32_t node = evidence_way(&e, i, true)->node;
		t->entries[i].found = node == IMAGE_NONE ? TRACE_FOUND_NO : TRACE_FOUND_YES;
	}
	assert_int_equal(evidence_content_fill(&e, t, NULL), 0);
}

static void build(struct trace *t, bool now, bool same, struct report_drift *out)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_EVIDENCE struct evidence e = {0};
	struct ci_drift d = {0};
	image_make(&m, now);
	ci_drift_begin(t, &d);
	assert_int_equal(evidence_init(&e, m.index, t, NULL), 0);
	for (size_t i = 0; i < t->paths.count; i++) {
		const uint32_t node = evidence_way(&e, i, true)->node;
		t->entries[i].found = node == IMAGE_NONE ? TRACE_FOUND_NO : TRACE_FOUND_YES;
	}
	assert_int_equal(ci_drift_end(&d, &e, t, same, out, NULL), 0);
	ci_drift_done(&d);
}

static void contents(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	record(&t);
	const char *const with[] = {"/app/main.py", "/app/gone.py", "/app/plugins", "/lib/x"};
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		assert_true(t.entries[strset_find(&t.paths, with[i])].content != 0);
	const char *const without[] = {"/app/local.py", "/app", "/proc/version"};
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		assert_true(t.entries[strset_find(&t.paths, without[i])].content == 0);
}

static void differences(void **state)
{
	static const char *const want[] = {"/app/local.py new", "/app/main.py changed",
					   "/app/plugins changed: the names in it", "/app/gone.py dropped"};
	CLEANUP_TRACE struct trace t = {0};
	struct report_drift r = {0};
	record(&t);
	build(&t, true, false, &r);
	assert_true(r.known);
	assert_int_equal(r.paths, 6);
	assert_int_equal(r.changed, 4);
	assert_int_equal(r.lines.count, 4);
	for (size_t i = 0; i < r.lines.count; i++)
		assert_string_equal(r.lines.items[i], want[i]);
	report_drift_done(&r);
}

static void none(void **state)
{
	for (int same = 0; same < 2; same++) {
		CLEANUP_TRACE struct trace t = {0};
		struct report_drift r = {0};
		record(&t);
		build(&t, false, same, &r);
		assert_true(r.known && r.paths == 6 && !r.changed && !r.lines.count);
		report_drift_done(&r);
	}
}

/* A trace of before contents were recorded. */
static void unknown(void **state)
{
	CLEANUP_TRACE struct trace t = {0};
	struct report_drift r = {0};
	fill_trace(&t);
	build(&t, true, false, &r);
	assert_false(r.known);
	report_drift_done(&r);
}

static void judge_one(const char *limit, struct report_drift d, bool passed)
{
	struct ci_drift_limit l = {0};
	struct report_gates g = {0};
	assert_int_equal(ci_drift_limit_parse(limit, &l, NULL), 0);
	ci_drift_judge(&l, &d, &g);
	assert_int_equal(g.count, 1);
	assert_string_equal(g.items[0].limit, limit);
	if (g.items[0].passed != passed)
		fail_msg("%s: %s", limit, g.items[0].figure);
	report_gates_done(&g);
}

static void judges(void **state)
{
	const struct report_drift d = {.known = true, .paths = 1000, .changed = 15};
	judge_one("15", d, true);
	judge_one("14", d, false);
	judge_one("1.5%", d, true);
	judge_one("1.4%", d, false);
	judge_one("1%", d, false);
	judge_one("0", (struct report_drift){.known = true}, true);
	judge_one("0.05%", (struct report_drift){.known = true, .paths = 10000, .changed = 6}, false);
	judge_one("100%", (struct report_drift){0}, false);
}

static void limits(void **state)
{
	static const char *const bad[] = {"",    "%",       "x",   "-1",  "1.5",       "1.%",
					  ".5%", "1.5555%", "1%%", "1 %", "9999999999"};
	struct ci_drift_limit l;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = {0};
		assert_int_equal(ci_drift_limit_parse(bad[i], &l, &e), -ERR_INVAL);
		assert_string_equal(e.id, "option-value-invalid");
	}
}

static void no_limit(void **state)
{
	struct report_gates g = {0};
	ci_drift_judge(&(struct ci_drift_limit){0}, &(struct report_drift){0}, &g);
	assert_int_equal(g.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contents), cmocka_unit_test(differences), cmocka_unit_test(none),
	    cmocka_unit_test(unknown),  cmocka_unit_test(judges),      cmocka_unit_test(limits),
	    cmocka_unit_test(no_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
