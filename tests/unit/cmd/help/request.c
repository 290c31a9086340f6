#include "unit.h"

#include "cmd/help/request.h"

static int in_verb(const char *a, const char *b, bool *asked, struct outcome *out)
{
	char *argv[] = {(char *)"build", (char *)a, (char *)b, NULL};
	int code = -1;
	*asked = request_in_verb(&command_build, b ? 3 : 2, argv, out, &code);
	return code;
}

static void a_verb_is_asked(void **state)
{
	static const struct {
		const char *a, *b;
		bool asked;
		int code;
		const char *has; /* in the page */
	} cases[] = {
	    {"--help", NULL, true, EXIT_DONE, "--help=all shows all"},
	    {"image", "-h", true, EXIT_DONE, "--help=all shows all"},
	    {"--help=all", NULL, true, EXIT_DONE, "--max-sparse"},
	    {"--help=some", NULL, true, EXIT_USAGE, NULL},
	    {"--cmd", "--help", false, -1, NULL}, /* a value */
	    {"--cmd=x", "--help", true, EXIT_DONE, "Usage"},
	    {"--", "--help", false, -1, NULL},
	    {"--push", "image", false, -1, NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome out = {0};
		bool asked;
		assert_int_equal(in_verb(cases[i].a, cases[i].b, &asked, &out), cases[i].code);
		assert_int_equal(asked, cases[i].asked);
		if (cases[i].has)
			assert_non_null(strstr(out.result.data, cases[i].has));
		assert_int_equal(out.err.code, cases[i].code == EXIT_USAGE ? ERR_INVAL : ERR_NONE);
		outcome_done(&out);
	}
}

static void help_is_a_verb(void **state)
{
	static const struct {
		const char *a, *b;
		int code;
		const char *has; /* in the page, or in the error */
	} cases[] = {
	    {NULL, NULL, EXIT_DONE, "Verbs:\n  build"},
	    {"cache", NULL, EXIT_DONE, "Usage: slim cache ls [OPTIONS]\n       slim cache prune"},
	    {"build", "--all", EXIT_DONE, "--max-sparse"},
	    {"build", "--help", EXIT_DONE, "--help=all shows all"},
	    {"build", "--al", EXIT_USAGE, "unknown option --al"},
	    {"cahce", NULL, EXIT_USAGE, "did you mean cache?"},
	    {"build", "cache", EXIT_USAGE, "unexpected argument cache"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argv[] = {(char *)"help", (char *)cases[i].a, (char *)cases[i].b, NULL};
		struct outcome out = {0};
		assert_int_equal(request_help(cases[i].b ? 3 : cases[i].a ? 2 : 1, argv, &out), cases[i].code);
		assert_non_null(strstr(cases[i].code == EXIT_DONE ? out.result.data : out.err.msg, cases[i].has));
		outcome_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_verb_is_asked),
	    cmocka_unit_test(help_is_a_verb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
