#include "unit.h"

#include "base/mem.h"

#include "verify/likely.h"

/* The paths, a blank between two, in the order in which they are told when the program said that. */
static void sort_one(const char *paths, const char *said, const char *want)
{
	struct verify_heal_lookup items[8] = {{0}};
	struct verify_heal_lookups l = {.items = items};
	CLEANUP_FREE char *copy = mem_strdup(paths);
	CLEANUP_BUF struct buf text = {0}, got = {0};
	char *rest = copy, *path;
	while ((path = strsep(&rest, " ")))
		items[l.count++].path = path;
	buf_str(&text, said);
	verify_likely_sort(&l, &text);
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", items[i].path);
	assert_string_equal(got.data, want);
}

static void named_first_caches_last(void **state)
{
	sort_one("/a/x.so /b/y.so", "", "/a/x.so /b/y.so");
	sort_one("/a/one /b/two", "cannot open two", "/b/two /a/one");
	sort_one("/a/two.so /b/two", "cannot open /b/two", "/b/two /a/two.so");
	sort_one("/usr/lib/distutils/__init__.py /usr/lib/distutils", "No module named 'distutils'",
		 "/usr/lib/distutils /usr/lib/distutils/__init__.py");
	sort_one("/a/__pycache__/two.pyc /b/two.py /tmp/two /var/cache/fontconfig/x /z", "two",
		 "/b/two.py /z /a/__pycache__/two.pyc /tmp/two /var/cache/fontconfig/x");
	/* the program says that it is this cache */
	sort_one("/b/two /var/cache/man/index", "no /var/cache/man/index", "/var/cache/man/index /b/two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(named_first_caches_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
