#include "unit.h"

#include "cmd/options/ci/gate_flags.h"

static int plan_of(int argc, const char *const *argv, bool verifies, struct gate_plan *out, struct err *err)
{
	static const struct option_part parts[] = {{&gate_flags_group, 0}};
	static const struct option_table table = OPTION_TABLE(parts);
	struct gate_flags f = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	assert_int_equal(option_parse(&table, argc, (char **)argv, &f, &args, NULL), 0);
	int r = gate_flags_plan(&f, verifies, out, err);
	gate_flags_done(&f);
	return r;
}
#define ARGV(...)                                                                                                      \
	(int)(sizeof((const char *[]){"build", __VA_ARGS__}) / sizeof(char *)), (const char *[])                       \
	{                                                                                                              \
		"build", __VA_ARGS__                                                                                   \
	}

static void refuses(int argc, const char *const *argv, const char *want)
{
	struct gate_plan p;
	struct err e = {0};
	assert_int_equal(plan_of(argc, argv, false, &p, &e), -ERR_INVAL);
	if (!strstr(e.msg, want))
		fail_msg("%s", e.msg);
	gate_plan_done(&p);
}

static void limits(void **state)
{
	struct gate_plan p;
	assert_int_equal(
	    plan_of(ARGV("--max-size=1M", "--must-drop", "git", "--must-drop", "shell", "--require-verify"), true, &p,
		    NULL),
	    0);
	assert_int_equal(p.check.limits.count, 4);
	assert_false(p.keep_original);
	gate_plan_done(&p);
}

static void what_happens_then(void **state)
{
	struct gate_plan p;
	assert_int_equal(plan_of(ARGV("--on-fail=fail"), true, &p, NULL), 0);
	assert_false(p.keep_original);
	gate_plan_done(&p);
	assert_int_equal(plan_of(ARGV("--on-fail=keep-original"), true, &p, NULL), 0);
	assert_true(p.keep_original);
	assert_int_equal(p.status, 0);
	gate_plan_done(&p);
	assert_int_equal(plan_of(ARGV("--on-fail=keep-original:4"), true, &p, NULL), 0);
	assert_true(p.keep_original);
	assert_int_equal(p.status, 4);
	gate_plan_done(&p);
	refuses(ARGV("--on-fail=keep-original:"), "--on-fail takes");
	refuses(ARGV("--on-fail=keep-original:126"), "--on-fail takes");
	refuses(ARGV("--on-fail=keep-original:4x"), "--on-fail takes");
	refuses(ARGV("--on-fail=keep-original:99999999999"), "--on-fail takes");
	refuses(ARGV("--on-fail=ignore"), "--on-fail takes");
}

static void what_it_is_compared_with(void **state)
{
	struct gate_plan p;
	assert_int_equal(plan_of(ARGV("--max-growth=1%", "--growth-from=old/report.json"), true, &p, NULL), 0);
	assert_string_equal(p.check.growth_file, "old/report.json");
	gate_plan_done(&p);
	assert_int_equal(plan_of(ARGV("--max-growth=1%", "--growth-from=registry.example.com/app:1"), true, &p, NULL),
			 0);
	assert_null(p.check.growth_file);
	assert_int_equal(p.check.growth_ref.scheme, OCI_SCHEME_DOCKER);
	gate_plan_done(&p);
	assert_int_equal(plan_of(ARGV("--max-growth=1%", "--growth-from=oci:out:1"), true, &p, NULL), 0);
	assert_int_equal(p.check.growth_ref.scheme, OCI_SCHEME_OCI);
	gate_plan_done(&p);
	refuses(ARGV("--growth-from=oci:out:1"), "--growth-from needs --max-growth");
	refuses(ARGV("--max-growth=1%", "--growth-from=UPPER:1"), "--growth-from");
}

static void nothing_is_verified(void **state)
{
	refuses(ARGV("--require-verify"), "--require-verify needs a verification");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits),
	    cmocka_unit_test(what_happens_then),
	    cmocka_unit_test(what_it_is_compared_with),
	    cmocka_unit_test(nothing_is_verified),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
