#include "unit.h"

#include "keep/rules/rules.h"

static void errors(void **state)
{
	static const char whole[] = "rule a\nwhy x\nwhen file /a\nkeep /b\n";
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {whole, NULL},
	    {"", NULL},
	    {"# x\n\n", NULL},
	    {"why x", "f:1: no rule begins before why"},
	    {"rule a b", "f:1: a rule has one name"},
	    {"rule a\nwhy x\nwhen file /a\nkeep /b\nrule a", "f:5: there is a rule of this name already: a"},
	    {"rule a\nwhy x\nkeep /b\n", "f:4: a rule needs why, when and keep; before this line ends a"},
	    {"rule a\nwhen file /a\nkeep /b\nrule b", "f:4: a rule needs why, when and keep; before this line ends a"},
	    {"rule a\nkeeps /x", "f:2: a row begins with rule, why, when, unless, keep, except, limit, level, start, "
				 "kept or gone, not keeps"},
	    {"rule a\nkeep", "f:2: nothing behind keep"},
	    {"rule a\nwhen opened /x", "f:2: when file, used, plugin, imports or text, not opened"},
	    {"rule a\nwhen file", "f:2: when what?"},
	    {"rule a\nkeep /a/{b", "f:2: the braces do not close, nest, or stand for too much: /a/{b"},
	    {"rule a\nkeep /{a,{b,c}}", "f:2: the braces do not close, nest, or stand for too much: /{a,{b,c}}"},
	    {"rule a\nkeep /a/../b", "f:2: no pattern of paths: /a/../b"},
	    {"rule a\nkeep /a//b", "f:2: no pattern of paths: /a//b"},
	    {"rule a\nwhen file **/b", "f:2: without a leading slash neither ** nor ..: **/b"},
	    {"rule a\nexcept ../b", "f:2: without a leading slash neither ** nor ..: ../b"},
	    {"rule a\nwhen text abc", "f:2: a text has at least 7 bytes: abc"},
	    {"rule a\nlimit 4", "f:2: a limit is a number of megabytes, as 4M"},
	    {"rule a\nlevel exact", "f:2: the level is closure or safe"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_RULES struct keep_rules rules = {0};
		struct err e = {0};
		int r = keep_rules_parse(&rules, "f", cases[i].text, &e);
		assert_int_equal(r, cases[i].want ? -ERR_INVAL : 0);
		assert_string_equal(e.msg, cases[i].want ? cases[i].want : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
