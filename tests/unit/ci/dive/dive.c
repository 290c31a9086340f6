#include "unit.h"

#include "base/mem.h"
#include "ci/dive/dive.h"
#include "os/fd.h"

static char path[] = "/tmp/slim-dive-XXXXXX";

static int read_file(const char *text, struct ci_dive_limits *l, struct err *err)
{
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	CLEANUP_FD int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text), NULL), 0);
	int r = ci_dive_limits_read(path, l, err);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void reads_the_file_of_dive(void **state)
{
	CLEANUP_CI_DIVE_LIMITS struct ci_dive_limits l = {.highest_wasted_bytes = mem_strdup("5MB")};
	struct err err = {0};
	if (read_file("rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n"
		      "  highestUserWastedPercent: disabled\n",
		      &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(strtod(l.lowest_efficiency, NULL) == 0.95);
	assert_string_equal(l.highest_wasted_bytes, "5MB"); /* the option counts before the file */
	assert_null(l.highest_user_wasted_percent);
	assert_true(ci_dive_limits_any(&l));
}

static void refuses_malformed_files(void **state)
{
	static const char *const texts[] = {
	    "rules:\n  lowestEfficiency: high\n",
	    "rules:\n  lowestEfficiency: 1.5\n",
	    "rules:\n  highestWastedBytes: many\n",
	    "rules: []\n",
	    "other: 1\n",
	    "rules: {\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_CI_DIVE_LIMITS struct ci_dive_limits l = {0};
		struct err err = {0};
		assert_int_equal(read_file(texts[i], &l, &err), -ERR_INVAL);
		assert_non_null(strstr(err.msg, path));
	}
	struct ci_dive_limits none = {0};
	assert_int_equal(ci_dive_limits_read("/nonexistent/.dive-ci", &none, NULL), -ERR_NOTFOUND);
}

static void checks_the_options(void **state)
{
	struct err err = {0};
	assert_int_equal(ci_dive_limits_check(&(struct ci_dive_limits){0}, &err), 0);
	struct ci_dive_limits l = {.highest_user_wasted_percent = (char[]){"-1"}};
	assert_int_equal(ci_dive_limits_check(&l, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "--highest-user-wasted-percent"));
}

static void judges(void **state)
{
	struct inspect_sum layers[2][INSPECT_CHANGES] = {{{1, 900}}, {{1, 60}, {1, 40}}};
	const struct inspect_history h = {
	    .layers = layers, .n_layers = 2, .total = 1000, .minimum = 950, .final = 960, .repeated = 80};
	const struct ci_dive_limits l = {(char[]){"0.96"}, (char[]){"80"}, (char[]){"0.5"}};
	struct report_gates g = {0};
	ci_dive_judge(&l, &h, &g);
	assert_int_equal(g.count, 3);
	assert_false(g.items[0].passed);
	assert_string_equal(g.items[0].figure, "0.9500");
	assert_true(g.items[1].passed);
	assert_false(g.items[2].passed); /* 80 of the 100 bytes above the first layer */
	assert_string_equal(g.items[2].figure, "0.8000");
	report_gates_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_file_of_dive),
	    cmocka_unit_test(refuses_malformed_files),
	    cmocka_unit_test(checks_the_options),
	    cmocka_unit_test(judges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
