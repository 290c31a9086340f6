#include "unit.h"

#include "ci/output/text.h"

static void gives(const struct ci_text_rule *rules, const char *text, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	if (rules)
		ci_text(&b, text, 100, rules);
	else
		ci_text_code(&b, text, 100);
	assert_string_equal(b.data ? b.data : "", want);
}

static void each_format(void **state)
{
	gives(ci_text_xml, "<a b='\"'>&", "&lt;a b=&apos;&quot;&apos;&gt;&amp;");
	gives(ci_text_xml, "\xef\xbf\xbf\x01", "\\xef\\xbf\\xbf\\x01"); /* no character of XML */
	gives(ci_text_label, "a\"b\\c\nd", "a\\\"b\\\\c\\\\x0ad");
	gives(ci_text_github_message, "5 %0A:,\r\n", "5 %250A:,\\x0d\\x0a");
	gives(ci_text_github_property, "5 %0A:,", "5 %250A%3A%2C");
	gives(ci_text_azure_message, "%0A];", "%AZP250A];");
	gives(ci_text_azure_property, "%0A];", "%AZP250A%5D%3B");
	gives(NULL, "a|b`c`@d <x> [y](z) #1",
	      "<code>a&#124;b&#96;c&#96;&#64;d &#60;x&#62; &#91;y&#93;&#40;z&#41; &#35;1</code>");
	gives(NULL, "", "");
	gives(NULL, NULL, "");
}

static void long_text_is_cut_at_a_character(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	ci_text(&b, "abc\xc3\xa4", 4, ci_text_xml);
	assert_string_equal(b.data, "abc...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_format),
	    cmocka_unit_test(long_text_is_cut_at_a_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
