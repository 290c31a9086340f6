#include "unit.h"

#include "keep/documentation.h"

static void places(void **state)
{
	static const char *const yes[] = {"/usr/share/doc", "/usr/share/doc/x/copyright", "/usr/share/man/man1",
					  "/usr/local/man", "/usr/share/licenses/x"};
	static const char *const no[] = {"/", "/usr/share", "/usr/share/docker", "/app/doc", "/usr/share/misc", "/doc"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!keep_documentation_is(yes[i]))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (keep_documentation_is(no[i]))
			fail_msg("%s", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(places)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
