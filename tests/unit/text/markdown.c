#include "unit.h"

#include "text/markdown.h"

static void code(void **state)
{
	static const struct {
		const char *text, *expected;
		size_t max;
	} cases[] = {
	    {"app:2", "`app:2`", 80},
	    {"", "`\"\"`", 80},
	    {"a`b", "``a`b``", 80},
	    {"`a``", "``` `a`` ```", 80},
	    {"@user #1 <b> |\n\x1b[1m", "`@user #1 <b> |\\x0a\\x1b[1m`", 80},
	    {"0123456789", "`01234...`", 5},
	    {"012\xc3\xa9", "`012...`", 4},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf out = {0};
		markdown_code(&out, cases[i].text, cases[i].max);
		assert_string_equal(out.data, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(code)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
