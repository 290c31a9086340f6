#include "unit.h"

#include "keep/closure/closures.h"
#include "keep/kept.h"

/* Perl's @INC names /lib/perl/5.36, the files are in 5.36.0. */
static void directory(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "lib/perl/5.36.0/IO.txt", "x");
	image_file(&m, "lib/other/y.txt", "x");
	image_link(&m, "lib/perl/5.36", "5.36.0");
	image_link(&m, "lib/perl/5.34", "5.34.0"); /* leads nowhere */
	image_link(&m, "srv/other", "/lib/other");
	image_link(&m, "elsewhere/up", ".."); /* its directory would be new */
	image_index(&m);
	assert_brings(&m, KEEP_EXACT, "/lib/perl/5.36.0/IO.txt",
		      "/lib /lib/perl /lib/perl/5.36.0 /lib/perl/5.36.0/IO.txt");
	assert_brings(&m, KEEP_CLOSURE, "/lib/perl/5.36.0/IO.txt",
		      "/lib /lib/perl /lib/perl/5.36 /lib/perl/5.36.0 /lib/perl/5.36.0/IO.txt");
}

/* A link of links, and one to the directory that only another link brought. */
static void chain(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "data.txt", "x");
	image_link(&m, "etc/alternatives/data", "/data.txt");
	image_link(&m, "conf", "etc");
	image_link(&m, "short", "etc/alternatives/data");
	image_index(&m);
	assert_brings(&m, KEEP_CLOSURE, "/data.txt",
		      "/conf /data.txt /etc /short /etc/alternatives /etc/alternatives/data");
}

/* Links that each come with the directory that the one before leads to, in the reverse order of their ids. */
static void one_after_the_other(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "d9/f", "x");
	for (int i = 0; i < 9; i++) {
		CLEANUP_FREE char *link = mem_printf("d%d/l", i), *target = mem_printf("../d%d", i + 1);
		image_link(&m, link, target);
	}
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	keep_node(&k, image_node(&m, "/d9/f"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_int_equal(k.n_kept, image_index_count(m.index));
	assert_reason(&k, &m, "/d0/l", KEEP_ALIAS, image_node(&m, "/d1"));
}

/* Another way up is no reason to keep the directory that it is in, but stays with it. */
static void up(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/bin/a", "x");
	image_link(&m, "usr/bin/X11", ".");
	image_link(&m, "usr/lib/back", "..");
	image_index(&m);
	assert_brings(&m, KEEP_CLOSURE, "/usr/bin/a", "/usr /usr/bin /usr/bin/X11 /usr/bin/a");
}

static void documentation(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/page.txt", "x");
	image_link(&m, "usr/share/doc/app", "/app");
	image_link(&m, "usr/share/man/man1/page.1", "/app/page.txt");
	image_index(&m);
	assert_brings(&m, KEEP_CLOSURE, "/app/page.txt", "/app /app/page.txt");
}

static void excluded(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/a.txt", "x");
	image_link(&m, "app/b", "a.txt");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	k.excluded = mem_calloc(image_index_count(m.index), sizeof(*k.excluded));
	k.excluded[image_node(&m, "/app/b")] = true;
	keep_node(&k, image_node(&m, "/app/a.txt"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_kept(&k, "/app /app/a.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(directory), cmocka_unit_test(chain),         cmocka_unit_test(one_after_the_other),
	    cmocka_unit_test(up),        cmocka_unit_test(documentation), cmocka_unit_test(excluded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
