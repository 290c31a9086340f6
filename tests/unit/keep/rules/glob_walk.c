#include "unit.h"

#include "image.h"
#include "keep/rules/glob_walk.h"

static void on_path(void *ctx, const char *path)
{
	struct buf *b = ctx;
	buf_printf(b, "%s%s", b->len ? " " : "", path);
}

static void walk(void **state)
{
	static const struct {
		const char *dir, *pattern, *want;
	} cases[] = {
	    {"/", "/etc/a.conf", "/etc/a.conf"},
	    {"/", "/etc/none", ""},
	    {"/", "/", "/"},
	    {"/", "/etc/*.conf", "/etc/a.conf /etc/b.conf"},
	    {"/", "/etc/?.conf", "/etc/a.conf /etc/b.conf"},
	    {"/", "/etc/*", "/etc/.hidden /etc/a.conf /etc/b.conf /etc/d"},
	    {"/", "/etc/d/**", "/etc/d /etc/d/e /etc/d/e/f /etc/d/gone /etc/d/link /etc/d/up"},
	    {"/", "/**/f", "/etc/d/e/f"},
	    {"/", "/etc/**/*.conf", "/etc/a.conf /etc/b.conf"},
	    {"/", "/lib/x.so", "/lib/x.so"}, /* through a symlink, by the name that was asked for */
	    {"/", "/l*/*.so", "/lib/x.so"},
	    {"/", "/lib", "/lib"}, /* the link itself */
	    {"/", "/etc/d/link/f", "/etc/d/link/f"},
	    {"/", "/etc/d/gone/f", ""},
	    {"/", "/etc/a.conf/x", ""},
	    {"/etc/d", "e/*", "/etc/d/e/f"},
	    {"/etc/d", "../*.conf", "/etc/a.conf /etc/b.conf"},
	    {"/etc/d", "../../../../usr/lib/x.so", "/usr/lib/x.so"}, /* the root is its own parent */
	    {"/etc/d/e", "**", "/etc/d/e /etc/d/e/f"},
	    {"/", "etc/a*", "/etc/a.conf"},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/a.conf", "");
	image_file(&m, "etc/b.conf", "");
	image_file(&m, "etc/.hidden", "");
	image_file(&m, "etc/d/e/f", "");
	image_link(&m, "etc/d/link", "e");
	image_link(&m, "etc/d/up", "..");
	image_link(&m, "etc/d/gone", "nowhere");
	image_file(&m, "usr/lib/x.so", "");
	image_link(&m, "lib", "usr/lib");
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf got = {0};
		buf_str(&got, "");
		keep_glob_walk(m.index, image_node(&m, cases[i].dir), cases[i].pattern, on_path, &got);
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s %s: %s", cases[i].dir, cases[i].pattern, got.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(walk)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
