#include "unit.h"

#include "base/mem.h"
#include "packages/relations.h"

static struct packages_field field(const char *s)
{
	return (struct packages_field){s, strlen(s)};
}

/* The numbers that a field gives, in an image that has these packages. */
static void one(const char *text, enum packages_relation kind, const char *want)
{
	static const char *const names[] = {"a", "b", "c", "a"};
	CLEANUP_PACKAGES struct packages p = {0};
	CLEANUP_PACKAGES_RELATIONS struct packages_relations r;
	CLEANUP_BUF struct buf got = {0};
	for (size_t i = 0; i < 4; i++)
		packages_add(&p, PACKAGES_DPKG, field(names[i]), field("1"), field(i == 3 ? "i386" : "amd64"));
	packages_add(&p, PACKAGES_NPM, field("none"), field("1"), field(""));
	*(kind == PACKAGES_NEEDS ? &p.items[1].needs : &p.items[1].wants) = mem_strdup(text);
	packages_relations_init(&r, &p);
	buf_str(&got, "");
	for (uint32_t i = 0; i < p.count; i++) {
		for (int k = PACKAGES_NEEDS; k <= PACKAGES_WANTS; k++) {
			size_t n;
			const uint32_t *others = packages_relations_of(&r, i, (enum packages_relation)k, &n);
			assert_true(n == 0 || (i == 1 && k == (int)kind));
			for (size_t j = 0; j < n; j++)
				buf_printf(&got, "%s%u", got.len ? " " : "", others[j]);
		}
	}
	assert_string_equal(got.data, want);
}

static void fields(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {NULL, ""},
	    {"", ""},
	    {"a", "0"},
	    {"a (>= 1.2), none | b:any (<< 3) | c , a", "0 1 2 0"},
	    {"libc6 (>= 2.36", ""},
	    {"a (b), c", "0 2"},
	    {"so:libz.so.1 a>1 b=2-r0 !c /bin/sh", "0 1"},
	    {":::,,(|", ""},
	    {"c (", "2"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		one(cases[i].text, PACKAGES_NEEDS, cases[i].want);
		one(cases[i].text, PACKAGES_WANTS, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fields)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
