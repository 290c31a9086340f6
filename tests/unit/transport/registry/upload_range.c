#include "unit.h"

#include "transport/registry/upload_range.h"

static void a_range_tells_how_much_there_is(void **state)
{
	static const struct {
		const char *header;
		bool is;
		uint64_t count;
	} cases[] = {
	    {"0-0", true, 1},        {"0-1023", true, 1024},
	    {"bytes=0-9", true, 10}, {"0-9223372036854775806", true, 9223372036854775807u},
	    {NULL, false, 0},        {"", false, 0},
	    {"0-", false, 0},        {"0--1", false, 0},
	    {"0- 5", false, 0},      {"0-+5", false, 0},
	    {"1-5", false, 0},       {"0-5/10", false, 0},
	    {"0-5,7-9", false, 0},   {"0-99999999999999999999", false, 0},
	    {"bytes 0-5", false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t count = 7;
		if (registry_upload_range(cases[i].header, &count) != cases[i].is)
			fail_msg("%s", cases[i].header);
		assert_int_equal(count, cases[i].is ? cases[i].count : 7);
	}
}

static void a_least_length_counts_when_it_is_a_number(void **state)
{
	static const struct {
		const char *header;
		uint64_t least;
	} cases[] = {{"1048576", 1048576}, {"0", 0}, {NULL, 7}, {"", 7}, {"-1", 7}, {"1 MiB", 7}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t least = 7;
		registry_upload_min_length(cases[i].header, &least);
		assert_int_equal(least, cases[i].least);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_range_tells_how_much_there_is),
	    cmocka_unit_test(a_least_length_counts_when_it_is_a_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
