#include "unit.h"

#include "base/nearest.h"

static void nearest(void **state)
{
	static const char *const names[] = {"ports", "expose", "environment", "env_file"};
	static const struct {
		const char *word, *want; /* NULL = none is near */
	} rows[] = {{"prots", "ports"},
		    {"port", "ports"},
		    {"enviroment", "environment"},
		    {"env-file", "env_file"},
		    {"volumes", NULL},
		    {"completely", NULL},
		    {"", NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = nearest_name(rows[i].word, names, 4);
		if (!rows[i].want != !got || (got && strcmp(got, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].word, got ? got : "none");
	}
	assert_null(nearest_name("ports", names, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nearest),
	};
	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
