#include "unit.h"

#include "ci/gate/limits.h"

static void takes(enum ci_gate gate, const char *text, uint64_t want)
{
	CLEANUP_CI_GATE_LIMITS struct ci_gate_limits l = {0};
	struct err e = {0};
	if (ci_gate_limits_add(&l, gate, text, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.items[0].number, want);
	assert_true(ci_gate_limits_have(&l, gate));
	assert_false(ci_gate_limits_have(&l, gate == CI_GATE_MAX_SIZE ? CI_GATE_MAX_GROWTH : CI_GATE_MAX_SIZE));
}

static void refuses(enum ci_gate gate, const char *text, const char *want)
{
	CLEANUP_CI_GATE_LIMITS struct ci_gate_limits l = {0};
	struct err e = {0};
	assert_int_equal(ci_gate_limits_add(&l, gate, text, &e), -ERR_INVAL);
	if (!strstr(e.msg, want))
		fail_msg("%s", e.msg);
	assert_int_equal(l.count, 0);
}

static void values(void **state)
{
	takes(CI_GATE_MAX_SIZE, "60MB", 60000000);
	takes(CI_GATE_MAX_COMPRESSED, "1K", 1024);
	takes(CI_GATE_MIN_REDUCTION, "50%", 50000);
	takes(CI_GATE_MIN_REDUCTION, "100", 100000);
	takes(CI_GATE_MAX_GROWTH, "0", 0);
	takes(CI_GATE_MAX_GROWTH, "2.5%", 2500);
	takes(CI_GATE_MAX_GROWTH, "0.125", 125);
	takes(CI_GATE_MAX_REQUESTS_FAILED, "3", 3);
	takes(CI_GATE_REQUIRE_VERIFY, NULL, 0);
	takes(CI_GATE_MUST_DROP, "/opt/{a,b}/**", 0);
}

static void files_or_bytes(void **state)
{
	CLEANUP_CI_GATE_LIMITS struct ci_gate_limits l = {0};
	assert_int_equal(ci_gate_limits_add(&l, CI_GATE_MAX_UNPROVEN, "20", NULL), 0);
	assert_int_equal(ci_gate_limits_add(&l, CI_GATE_MAX_UNPROVEN, "20B", NULL), 0);
	assert_true(l.items[0].counts_files);
	assert_false(l.items[1].counts_files);
}

static void mistakes(void **state)
{
	refuses(CI_GATE_MAX_SIZE, "big", "--max-size: a size is");
	refuses(CI_GATE_MAX_SIZE, "-1", "--max-size");
	refuses(CI_GATE_MIN_REDUCTION, "101%", "--min-reduction takes");
	refuses(CI_GATE_MIN_REDUCTION, "", "--min-reduction takes");
	refuses(CI_GATE_MAX_GROWTH, "2.%", "--max-growth takes");
	refuses(CI_GATE_MAX_GROWTH, "0.1234", "--max-growth takes");
	refuses(CI_GATE_MAX_GROWTH, "99999999999999999999", "--max-growth takes");
	refuses(CI_GATE_MAX_GROWTH, "-1%", "--max-growth takes");
	refuses(CI_GATE_MAX_GROWTH, "1e3", "--max-growth takes");
	refuses(CI_GATE_MAX_REQUESTS_FAILED, "1%", "--max-requests-failed takes");
	refuses(CI_GATE_MAX_REQUESTS_FAILED, "1234567890123", "--max-requests-failed takes");
	refuses(CI_GATE_MAX_UNPROVEN, "some", "--max-unproven: a size");
	refuses(CI_GATE_MUST_KEEP, "", "--must-keep");
	refuses(CI_GATE_MUST_DROP, "/a{b", "--must-drop");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values),
	    cmocka_unit_test(files_or_bytes),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
