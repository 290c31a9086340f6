#include "unit.h"

#include "cmd/progress_bar.h"

struct told {
	const char *stage;
	uint64_t done, total;
	const char *unit;
};

/* A build with requests, that is healed (packed and run again) and pushed. */
static const struct told build[] = {
    {"unpack", 0, 0, ""},
    {"unpack", 10, 100, "bytes"},
    {"unpack", 100, 100, "bytes"},
    {"start", 0, 0, ""},
    {"exercise", 0, 10, "requests"},
    {"exercise", 9, 10, "requests"},
    {"stop", 0, 0, ""},
    {"repeat", 1, 2, "runs"},
    {"start", 0, 0, ""},
    {"run", 0, 0, ""},
    {"stop", 0, 0, ""},
    {"keep", 0, 0, ""},
    {"pack", 0, 0, ""},
    {"pack", 50, 100, "bytes"},
    {"pack", 100, 100, "bytes"},
    {"verify", 1, 0, "round"},
    {"start", 0, 0, ""},
    {"exercise", 5, 10, "requests"},
    {"stop", 0, 0, ""},
    {"pack", 10, 100, "bytes"},
    {"verify", 2, 0, "round"},
    {"start", 0, 0, ""},
    {"run", 0, 0, ""},
    {"stop", 0, 0, ""},
    {"repeat", 1, 0, "repetition"},
    {"check", 0, 0, ""},
    {"publish", 0, 0, ""},
    {"publish", 5, 10, "bytes"},
    {"publish", 4, 20, "bytes"},
};

static void a_build_never_goes_back(void **state)
{
	struct progress_bar b;
	progress_bar_init(&b, PROGRESS_BUILD);
	double last = 0;
	for (size_t i = 0; i < sizeof(build) / sizeof(build[0]); i++) {
		progress_bar_step(&b, build[i].stage, build[i].done, build[i].total, build[i].unit, i);
		assert_true(b.part >= last && b.part < 1);
		last = b.part;
		if (i == 1)
			assert_true(b.part > 0.02 && b.part < 0.04);
		if (i == 17) {
			assert_true(progress_bar_verifies(&b));
			assert_true(b.part > 0.72 && b.part < 0.9);
		}
	}
	assert_true(last > 0.9);
	progress_bar_finish(&b);
	assert_true(b.part == 1);
}

/* Part of each step in percents, and whether it belongs to a verification. */
static void parts(enum progress_whole whole, const struct told *told, size_t n, const int *percents,
		  size_t verifies_from)
{
	struct progress_bar b;
	progress_bar_init(&b, whole);
	assert_true(b.part == 0);
	for (size_t i = 0; i < n; i++) {
		progress_bar_step(&b, told[i].stage, told[i].done, told[i].total, told[i].unit, i);
		assert_int_equal((int)(b.part * 100 + 0.5), percents[i]);
		assert_int_equal(progress_bar_verifies(&b), i >= verifies_from);
	}
}

/* The slim image is unpacked while the bar is in the verification. */
static void a_verification(void **state)
{
	static const struct told told[] = {
	    {"unpack", 0, 0, ""}, {"unpack", 50, 100, "bytes"},
	    {"start", 0, 0, ""},  {"exercise", 10, 10, "requests"},
	    {"stop", 0, 0, ""},   {"verify", 1, 0, "round"},
	    {"unpack", 0, 0, ""}, {"unpack", 50, 100, "bytes"},
	    {"start", 0, 0, ""},  {"exercise", 5, 10, "requests"},
	    {"stop", 0, 0, ""},   {"repeat", 1, 0, "repetition"},
	};
	static const int percents[] = {0, 18, 35, 59, 59, 65, 65, 65, 65, 81, 93, 93};
	parts(PROGRESS_VERIFY, told, sizeof(told) / sizeof(told[0]), percents, 6);
}

static void a_recording(void **state)
{
	static const struct told told[] = {
	    {"unpack", 50, 100, "bytes"}, {"start", 0, 0, ""},      {"exercise", 0, 10, "requests"},
	    {"stop", 0, 0, ""},           {"repeat", 1, 2, "runs"}, {"exercise", 5, 10, "requests"},
	    {"stop", 0, 0, ""},
	};
	static const int percents[] = {25, 50, 55, 90, 90, 90, 90};
	parts(PROGRESS_RECORD, told, sizeof(told) / sizeof(told[0]), percents, SIZE_MAX);
}

static void a_service_that_runs(void **state)
{
	static const struct told told[] = {
	    {"start", 0, 0, ""}, {"exercise", 5, 10, "requests"}, {"other", 1, 2, "things"}, {"run", 0, 0, ""}};
	static const int percents[] = {0, 45, 45, 45};
	parts(PROGRESS_PROBE, told, sizeof(told) / sizeof(told[0]), percents, SIZE_MAX);
}

static void platforms_are_equal_parts(void **state)
{
	struct progress_bar b;
	progress_bar_init(&b, PROGRESS_BUILD);
	for (uint64_t i = 0; i < 2; i++) {
		progress_bar_step(&b, "platform", i, 2, "platforms", 0);
		assert_string_equal(progress_bar_words(&b), "Building the next platform");
		progress_bar_step(&b, "unpack", 0, 0, "", 0);
		assert_true(b.part >= 0.5 * (double)i && b.part < 0.5 * (double)i + 0.5);
		progress_bar_step(&b, "check", 0, 0, "", 0);
		assert_true(b.part > 0.5 * (double)i + 0.4 && b.part < 0.5 * (double)i + 0.5);
	}
}

static void stages_of_other_verbs(void **state)
{
	struct progress_bar b;
	progress_bar_init(&b, PROGRESS_STAGES);
	progress_bar_step(&b, "unpack", 50, 100, "bytes", 0);
	assert_true(b.part == 0.5);
	progress_bar_step(&b, "start", 0, 0, "", 0);
	assert_true(b.part < 0);
	assert_string_equal(progress_bar_words(&b), "Starting the container");
	assert_false(progress_bar_verifies(&b));
	progress_bar_step(&b, "other", 1, 2, "things", 0);
	assert_string_equal(progress_bar_words(&b), "other");
}

static void time_left(void **state)
{
	struct progress_bar b;
	uint64_t s = 7;
	progress_bar_init(&b, PROGRESS_STAGES);
	progress_bar_step(&b, "unpack", 0, 1000, "bytes", 5000);
	assert_false(progress_bar_left(&b, 5000, &s));
	progress_bar_step(&b, "unpack", 100, 1000, "bytes", 5500);
	assert_false(progress_bar_left(&b, 5500, &s)); /* too soon */
	progress_bar_step(&b, "unpack", 200, 1000, "bytes", 7000);
	assert_true(progress_bar_left(&b, 7000, &s));
	assert_int_equal(s, 8);
	progress_bar_step(&b, "unpack", 1000, 1000, "bytes", 8000);
	assert_false(progress_bar_left(&b, 8000, &s));
	progress_bar_step(&b, "exercise", 0, 10, "requests", 8000);
	progress_bar_step(&b, "exercise", 5, 10, "requests", 18000);
	assert_false(progress_bar_left(&b, 18000, &s)); /* requests have no speed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_build_never_goes_back),
	    cmocka_unit_test(a_verification),
	    cmocka_unit_test(a_recording),
	    cmocka_unit_test(a_service_that_runs),
	    cmocka_unit_test(platforms_are_equal_parts),
	    cmocka_unit_test(stages_of_other_verbs),
	    cmocka_unit_test(time_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
