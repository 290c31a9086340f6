#include "unit.h"

#include "base/mem.h"
#include "packages/relations.h"

static struct packages_field field(const char *s)
{
	return (struct packages_field){s, strlen(s)};
}

static void fields(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {NULL, ""},
	    {"", ""},
	    {"a", "a"},
	    {"a (>= 1.2), none | b:any (<< 3) | c , a", "a b c a"},
	    {"libc6 (>= 2.36", ""},
	    {"a (b), c", "a c"},
	    {"so:libz.so.1 a>1 b=2-r0 !c /bin/sh", "a b"},
	    {":::,,(|", ""},
	};
	CLEANUP_PACKAGES struct packages p = {0};
	CLEANUP_PACKAGES_RELATIONS struct packages_relations r;
	static const char *const names[] = {"a", "b", "c", "a"};
	for (size_t i = 0; i < 4; i++)
		packages_add(&p, PACKAGES_DPKG, field(names[i]), field("1"), field(i == 3 ? "i386" : "amd64"));
	packages_add(&p, PACKAGES_NPM, field("none"), field("1"), field(""));
	packages_relations_init(&r, &p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf got = {0};
		const char *rest = cases[i].text;
		buf_str(&got, "");
		for (uint32_t n; (n = packages_relations_next(&r, &rest)) != PACKAGES_NONE;)
			buf_printf(&got, "%s%s", got.len ? " " : "", p.items[n].name);
		assert_string_equal(got.data, cases[i].want);
		assert_int_equal(packages_relations_next(&r, &rest), PACKAGES_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fields)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
