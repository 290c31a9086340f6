#include "unit.h"

#include "oci/platform.h"

static void parse_one(const char *s, const char *want)
{
	struct oci_platform p = {0};
	struct err err = {0};
	char text[OCI_PLATFORM_TEXT];
	if (want) {
		assert_int_equal(oci_platform_parse(s, &p, &err), 0);
		assert_string_equal(oci_platform_text(&p, text), want);
		return;
	}
	assert_int_equal(oci_platform_parse(s, &p, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, s));
	assert_string_equal(p.os, "");
}

static void parse(void **state)
{
	parse_one("linux/amd64", "linux/amd64");
	parse_one("linux/arm64/v8", "linux/arm64/v8");
	parse_one("arm64", "linux/arm64");
	parse_one("aarch64", "linux/arm64/v8");
	parse_one("linux/x86_64", "linux/amd64");
	parse_one("linux/armhf", "linux/arm/v7");
	parse_one("linux/armhf/v6", "linux/arm/v6");
	parse_one("windows/amd64", "windows/amd64");
	parse_one("", NULL);
	parse_one("linux/", NULL);
	parse_one("/amd64", NULL);
	parse_one("linux//v8", NULL);
	parse_one("linux/arm64/v8/x", NULL);
	parse_one("linux/arm64/", NULL);
	parse_one("Linux/amd64", NULL);
	parse_one("linux/amd64 ", NULL);
	parse_one("linux/a2345678901234567890123456789012", NULL);
}

static void matches_one(const char *have, const char *want, bool expected)
{
	struct oci_platform h = {0}, w;
	if (have)
		assert_int_equal(oci_platform_parse(have, &h, NULL), 0);
	assert_int_equal(oci_platform_parse(want, &w, NULL), 0);
	assert_int_equal(oci_platform_matches(&h, &w), expected);
}

static void matches(void **state)
{
	matches_one("linux/amd64", "linux/amd64", true);
	matches_one("linux/amd64", "linux/arm64", false);
	matches_one("windows/amd64", "linux/amd64", false);
	matches_one("linux/arm/v7", "linux/arm", true);
	matches_one("linux/arm", "linux/arm/v7", true);
	matches_one("linux/arm/v6", "linux/arm/v7", false);
	matches_one("unknown/unknown", "linux/amd64", false);
	matches_one(NULL, "linux/amd64", true);
}

static void host_is_known(void **state)
{
	struct oci_platform p;
	oci_platform_host(&p);
	assert_string_equal(p.os, "linux");
#if defined(__x86_64__)
	assert_string_equal(p.arch, "amd64");
	assert_string_equal(p.variant, "");
#elif defined(__aarch64__)
	assert_string_equal(p.arch, "arm64");
#endif
}

static void text_of_unknown(void **state)
{
	char text[OCI_PLATFORM_TEXT];
	assert_string_equal(oci_platform_text(&(struct oci_platform){0}, text), "unknown/unknown");
	struct oci_platform p;
	memset(&p, 'x', sizeof(p));
	p.os[31] = p.arch[31] = p.variant[31] = '\0';
	assert_int_equal(strlen(oci_platform_text(&p, text)), 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse),
	    cmocka_unit_test(matches),
	    cmocka_unit_test(host_is_known),
	    cmocka_unit_test(text_of_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
