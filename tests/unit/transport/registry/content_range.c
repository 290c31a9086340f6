#include "unit.h"

#include "transport/registry/content_range.h"

static void a_part_is_what_was_asked_for(void **state)
{
	static const struct {
		const char *header;
		bool good;
	} cases[] = {
	    {"bytes 10-99/100", true},   {"bytes 10-50/100", true},
	    {"bytes 10-99/*", true},     {"bytes 10-10/100", true},
	    {"bytes 9-99/100", false},   {"bytes 11-99/100", false},
	    {"bytes 10-100/100", false}, {"bytes 10-9/100", false},
	    {"bytes 10-99/101", false},  {"bytes 10-99/", false},
	    {"bytes 10-99", false},      {"bytes 10-99/100x", false},
	    {"bytes 10-99/*x", false},   {"bytes */100", false},
	    {"bytes -10-99/100", false}, {"bytes 10-18446744073709551616/100", false},
	    {"items 10-99/100", false},  {"", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (registry_content_range(cases[i].header, 10, 100) != cases[i].good)
			fail_msg("%s", cases[i].header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_part_is_what_was_asked_for)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
