#include "unit.h"

#include "ci/output/guard.h"

static void gives(const char *text, bool json, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	ci_guard(text, strlen(text), json, &b);
	assert_string_equal(b.data ? b.data : "", want);
}

static void commands_are_broken(void **state)
{
	gives("a ##vso[task.x]b\n", false, "a #\\x23vso[task.x]b\n");
	gives("##[group]a", false, "#\\x23[group]a");
	gives("###vso[a]", false, "##\\x23vso[a]");
	gives("::error::a\n  ::set-env name=a::b\n", false, "\\x3a:error::a\n  \\x3a:set-env name=a::b\n");
	gives("\xe3\x80\x80::stop-commands::x\n", false, "\xe3\x80\x80\\x3a:stop-commands::x\n");
}

static void other_text_stays(void **state)
{
	gives("", false, "");
	gives("## title\na::b ## c[d] #[e]\n| ::f\n##", false, "## title\na::b ## c[d] #[e]\n| ::f\n##");
}

static void json_keeps_its_value(void **state)
{
	gives("{\"a\": \"##vso[x]\",\n \"b\": \"::c\"}", true, "{\"a\": \"#\\u0023vso[x]\",\n \"b\": \"::c\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands_are_broken),
	    cmocka_unit_test(other_text_stays),
	    cmocka_unit_test(json_keeps_its_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
