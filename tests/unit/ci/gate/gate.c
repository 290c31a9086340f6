#include "unit.h"

#include "base/mem.h"
#include "ci/gate/gate.h"

/* The gate's limit against the figures: whether it passes, and its text. */
static void judge_one(const struct ci_gate_figures *f, enum ci_gate gate, const char *limit, bool passes,
		      const char *want)
{
	CLEANUP_CI_GATE_LIMITS struct ci_gate_limits l = {0};
	struct report_gates g = {0};
	struct err e = {0};
	assert_int_equal(ci_gate_limits_add(&l, gate, limit, &e), 0);
	ci_gate_judge(&l, f, &g);
	assert_int_equal(g.count, 1);
	assert_string_equal(g.items[0].name, ci_gate_names[gate]);
	if (g.items[0].passed != passes || strcmp(g.items[0].figure, want) != 0)
		fail_msg("%s %s: %d %s", g.items[0].name, limit ? limit : "", g.items[0].passed, g.items[0].figure);
	assert_int_equal(ci_gate_error(&g, &e), passes ? 0 : -ERR_GATE);
	report_gates_done(&g);
}

static void sizes(void **state)
{
	struct report r = {.source = {.size_bytes = 200000000}, .result = {.size_bytes = 60040000}};
	const struct ci_gate_figures f = {.report = &r};
	judge_one(&f, CI_GATE_MAX_SIZE, "60040000", true, "60.0 MB");
	judge_one(&f, CI_GATE_MAX_SIZE, "60MB", false, "60.0 MB, 40.0 kB too much");
	judge_one(&f, CI_GATE_MAX_COMPRESSED, "1G", false,
		  "not known, as the destination stores layers unpacked: with --compression gzip it is");
	r.result.compressed_bytes = 20000000;
	judge_one(&f, CI_GATE_MAX_COMPRESSED, "20MB", true, "20.0 MB");
	judge_one(&f, CI_GATE_MAX_COMPRESSED, "19MB", false, "20.0 MB, 1.0 MB too much");
	judge_one(&f, CI_GATE_MIN_REDUCTION, "69.98%", true, "70.0 %, from 200.0 MB to 60.0 MB");
	judge_one(&f, CI_GATE_MIN_REDUCTION, "69.981%", false, "70.0 %, from 200.0 MB to 60.0 MB");
	r.source.size_bytes = 0;
	judge_one(&f, CI_GATE_MIN_REDUCTION, "1%", false, "0.0 %, from 0 B to 60.0 MB");
}

static void growth(void **state)
{
	struct report r = {.result = {.size_bytes = 102000, .compressed_bytes = 51000}};
	struct ci_gate_baseline b = {.name = (char *)"r.json", .size_bytes = 50000, .compressed_bytes = 50000};
	const struct ci_gate_figures f = {.report = &r, .baseline = &b};
	judge_one(&f, CI_GATE_MAX_GROWTH, "2%", true,
		  "+2.0 %, 1.0 kB more: from 50.0 kB to 51.0 kB compressed, against r.json");
	judge_one(&f, CI_GATE_MAX_GROWTH, "1.999%", false,
		  "+2.0 %, 1.0 kB more: from 50.0 kB to 51.0 kB compressed, against r.json");
	b.compressed_bytes = 60000;
	judge_one(&f, CI_GATE_MAX_GROWTH, "0", true,
		  "-15.0 %, 9.0 kB less: from 60.0 kB to 51.0 kB compressed, against r.json");
	r.result.compressed_bytes = 0;
	judge_one(&f, CI_GATE_MAX_GROWTH, "2%", false,
		  "+104.0 %, 52.0 kB more: from 50.0 kB to 102.0 kB unpacked, against r.json");
	b.size_bytes = 0;
	judge_one(&f, CI_GATE_MAX_GROWTH, "2%", false,
		  "not known: r.json has compressed sizes only, and the result has none, as the destination stores "
		  "layers unpacked; with --compression gzip it has");
	b.missing = true;
	judge_one(&f, CI_GATE_MAX_GROWTH, "2%", true, "nothing to compare with: r.json is not published yet");
}

static void verification(void **state)
{
	struct report r = {.verify = {.skipped = "as --verify=off says"}};
	struct ci_gate_figures f = {.report = &r};
	judge_one(&f, CI_GATE_REQUIRE_VERIFY, NULL, false, "not verified: as --verify=off says");
	f.tree.whole = true;
	judge_one(&f, CI_GATE_REQUIRE_VERIFY, NULL, true, "the result has the layers of the source");
	f.tree.whole = false;
	r.verify = (struct verify_verdict){.done = true, .equal_steps = 3, .equal_runs = 1};
	judge_one(&f, CI_GATE_REQUIRE_VERIFY, NULL, false, "3 steps and 1 run are equal, others are not");
	r.verify.equal = true;
	judge_one(&f, CI_GATE_REQUIRE_VERIFY, NULL, true, "3 steps and 1 run are equal");
}

static void requests(void **state)
{
	struct exercise_step steps[] = {
	    {.kind = EXERCISE_HTTP, .what = (char *)"GET /", .port = 80, .status = 200},
	    {.kind = EXERCISE_HTTP, .what = (char *)"GET /x", .port = 80, .status = 404},
	    {.kind = EXERCISE_HTTP, .what = (char *)"GET /g", .port = 80, .status = 500, .wish = EXERCISE_WISH_GUESS},
	    {.kind = EXERCISE_HTTP, .what = (char *)"GET /w", .port = 80, .status = 404, .wish = EXERCISE_WISH_ERROR},
	    {.kind = EXERCISE_TCP, .what = (char *)"PING", .port = 81, .status = -1},
	    {.kind = EXERCISE_EXEC, .what = (char *)"false", .status = 1},
	};
	struct run_result run = {.steps = {.steps = steps, .count = sizeof(steps) / sizeof(steps[0])}};
	struct report r = {.runs = {.items = &run, .count = 1}};
	const struct ci_gate_figures f = {.report = &r};
	judge_one(&f, CI_GATE_MAX_REQUESTS_FAILED, "2", true, "2 of 5 requests, the first is GET /x on port 80: 404");
	judge_one(&f, CI_GATE_MAX_REQUESTS_FAILED, "1", false, "2 of 5 requests, the first is GET /x on port 80: 404");
	run.steps.count = 1;
	judge_one(&f, CI_GATE_MAX_REQUESTS_FAILED, "0", true, "0 of 1 request");
}

static void unproven(void **state)
{
	struct report r = {0};
	struct ci_gate_figures f = {.report = &r};
	judge_one(&f, CI_GATE_MAX_UNPROVEN, "100", false, "not known");
	f.unproven_known = true;
	judge_one(&f, CI_GATE_MAX_UNPROVEN, "0", true, "0 files, 0 B");
	f.unproven_files = 1;
	f.unproven_bytes = 2048;
	judge_one(&f, CI_GATE_MAX_UNPROVEN, "2K", true, "1 file, 2.0 kB");
	judge_one(&f, CI_GATE_MAX_UNPROVEN, "2KB", false, "1 file, 2.0 kB");
	judge_one(&f, CI_GATE_MAX_UNPROVEN, "0", false, "1 file, 2.0 kB");
}

static void all_are_told(void **state)
{
	CLEANUP_CI_GATE_LIMITS struct ci_gate_limits l = {0};
	struct report r = {.result = {.size_bytes = 100}};
	const struct ci_gate_figures f = {.report = &r};
	struct report_gates g = {0};
	struct err e = {0};
	assert_int_equal(ci_gate_limits_add(&l, CI_GATE_REQUIRE_VERIFY, NULL, NULL), 0);
	assert_int_equal(ci_gate_limits_add(&l, CI_GATE_MUST_KEEP, "/a", NULL), 0);
	assert_int_equal(ci_gate_limits_add(&l, CI_GATE_MAX_SIZE, "100", NULL), 0);
	ci_gate_judge(&l, &f, &g);
	assert_int_equal(ci_gate_error(&g, &e), -ERR_GATE);
	assert_string_equal(e.id, "gate-failed");
	assert_string_equal(e.msg, "the slim image does not pass 2 of 3 gates: --must-keep /a, --require-verify");
	report_gates_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sizes),    cmocka_unit_test(growth),   cmocka_unit_test(verification),
	    cmocka_unit_test(requests), cmocka_unit_test(unproven), cmocka_unit_test(all_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
