#include "unit.h"

#include "probe/command.h"

static void parse(void **state)
{
	static const struct {
		const char *text, *want; /* joined with "|"; NULL = ERR_INVAL */
	} cases[] = {
	    {"make test", "sh|-c|make test"},
	    {" a 'b c' | d", "sh|-c| a 'b c' | d"},
	    {"[\"a\", \"b c\", \"\"]", "a|b c|"},
	    {" \n[\"a\"]\n", "a"},
	    {"[\"\xc3\xbc\\u00fc\"]", "\xc3\xbc\xc3\xbc"},
	    {"", NULL},
	    {"  \t\n", NULL},
	    {"[]", NULL},
	    {"[\"\"]", NULL},
	    {"[\"a\", 1]", NULL},
	    {"[\"a\"", NULL},
	    {"[\"a\"] trailing", NULL},
	    {"[\"a\\u0000b\"]", NULL},
	    {"[ -e /x ]", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_STRLIST struct strlist argv = {0};
		struct err err = {0};
		int r = probe_command_parse(cases[i].text, "sh", &argv, &err);
		assert_int_equal(r, cases[i].want ? 0 : -ERR_INVAL);
		if (r < 0) {
			assert_true(err.msg[0]);
			continue;
		}
		CLEANUP_FREE char *got = mem_strdup(argv.items[0]);
		for (size_t k = 1; k < argv.count; k++) {
			char *more = mem_printf("%s|%s", got, argv.items[k]);
			free(got);
			got = more;
		}
		assert_string_equal(got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
