#include "unit.h"

#include "keep/rules/glob_index.h"
#include "keep/rules/rules.h"
#include "text/glob.h"

/* Finds what trying each pattern finds, in the same order. */
static void compare(const struct keep_glob_index *x, const char *path)
{
	uint32_t at = 0;
	for (uint32_t i = 0; i < x->count; i++) {
		if (!glob_match_end(x->patterns[i], path))
			continue;
		uint32_t got = keep_glob_index_next(x, path, at);
		if (got != i)
			fail_msg("%s: %u (%s), not %u (%s)", path, got, got < x->count ? x->patterns[got] : "", i,
				 x->patterns[i]);
		at = i + 1;
	}
	assert_int_equal(keep_glob_index_next(x, path, at), x->count);
}

static const char *const paths[] = {"/",           "/a",          "/etc/a",       "/etc/a.conf",  "/etc/d/a.conf",
				    "/etc/d/e/f",  "/etc/d",      "/x/lib.so",    "/x/lib.so.1",  "/x/liba.so.1",
				    "/x/libab.so", "/srv/x/b.py", "/srv/x/__b__", "/srv/ab/c.py", "/etc/monit/a/b",
				    "/etc/monit",  "/etc/mo",     "/x/.hidden",   "/x/aa",        "/x/a"};

static void patterns_of_all_kinds(void **state)
{
	static const char *const patterns[] = {
	    "*.conf",   "/etc/a", "a",           "/etc/*", "/etc/d/**", "**",   "/**/f",      "lib*.so*",
	    "lib?.so.", "lib.so", "/etc/*.conf", "a",      "a.conf",    "*",    "?",          "/etc/monit/**",
	    "x/*/b.py", "x/b.py", "/srv/*/*b*",  "aa",     "a*a",       "**/a", "/x/.hidden", "/"};
	struct keep_glob_index x;
	keep_glob_index_init(&x, patterns, sizeof(patterns) / sizeof(patterns[0]));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		compare(&x, paths[i]);
	keep_glob_index_done(&x);
}

static void no_patterns(void **state)
{
	struct keep_glob_index x;
	keep_glob_index_init(&x, NULL, 0);
	assert_int_equal(keep_glob_index_next(&x, "/a", 0), 0);
	keep_glob_index_done(&x);
}

/* Of each of slim's own rules a path that it matches, and one that it nearly matches. */
static void the_rules_of_slim(void **state)
{
	CLEANUP_KEEP_RULES struct keep_rules r = {0};
	for (const struct keep_rules_file *f = keep_rules_files; f->name; f++)
		assert_int_equal(keep_rules_parse(&r, f->name, f->text, NULL), 0);
	const char **patterns = calloc(r.n_globs, sizeof(*patterns));
	for (size_t i = 0; i < r.n_globs; i++)
		patterns[i] = r.globs[i].glob;
	struct keep_glob_index x;
	keep_glob_index_init(&x, patterns, (uint32_t)r.n_globs);
	for (size_t i = 0; i < r.n_globs; i++) {
		CLEANUP_BUF struct buf path = {0};
		buf_printf(&path, "%s%s", *patterns[i] == '/' ? "" : "/usr/", patterns[i]);
		for (char *p = path.data; *p; p++)
			*p = *p == '*' || *p == '?' ? 'x' : *p;
		compare(&x, path.data);
		buf_char(&path, 'x');
		compare(&x, path.data);
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		compare(&x, paths[i]);
	assert_true(r.n_globs > 100);
	keep_glob_index_done(&x);
	free(patterns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns_of_all_kinds),
	    cmocka_unit_test(no_patterns),
	    cmocka_unit_test(the_rules_of_slim),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
