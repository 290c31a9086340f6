#include "unit.h"

#include "image.h"
#include "keep/loader/ld_conf.h"

static void reads(const struct test_image *m, const char *want)
{
	CLEANUP_STRLIST struct strlist dirs = {0};
	CLEANUP_BUF struct buf got = {0};
	keep_ld_conf_read(m->index, "/etc/ld.so.conf", &dirs);
	for (size_t i = 0; i < dirs.count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", dirs.items[i]);
	assert_string_equal(got.data ? got.data : "", want);
}

static void lines(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/ld.so.conf", "# comment\n\n /a # b\n\t/c\r\nrelative\nhwcap 1 x\n/d=libc5\n/last");
	image_index(&m);
	reads(&m, "/a /c /d /last");
}

static void no_file(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_index(&m);
	reads(&m, "");
}

static void includes(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/ld.so.conf", "include ld.so.conf.d/*.conf /etc/other /gone/*\n/z\ninclude\n");
	image_file(&m, "etc/ld.so.conf.d/b.conf", "/b\n");
	image_file(&m, "etc/ld.so.conf.d/a.conf", "/a\ninclude sub/[xy]?\n");
	image_file(&m, "etc/ld.so.conf.d/.hidden.conf", "/hidden\n");
	image_file(&m, "etc/ld.so.conf.d/skip", "/skip\n");
	image_file(&m, "etc/ld.so.conf.d/sub/x1", "/x1\n");
	image_link(&m, "etc/other", "real");
	image_file(&m, "etc/real", "/real\ninclude /etc/ld.so.conf\n"); /* a circle */
	image_index(&m);
	reads(&m, "/a /x1 /b /real /z");
}

static void hostile_patterns(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/ld.so.conf", "include /etc/*a*a*a*a*a*b /etc/[ /etc/\\ ../../../etc/real\n");
	image_file(&m, "etc/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "/never\n");
	image_file(&m, "etc/real", "/real\n");
	image_index(&m);
	reads(&m, "/real");
}

/* Its name would grow each time. */
static void includes_itself(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/ld.so.conf", "include ../etc/ld.so.conf\n/a\n");
	image_index(&m);
	reads(&m, "/a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),           cmocka_unit_test(no_file),
	    cmocka_unit_test(includes),        cmocka_unit_test(hostile_patterns),
	    cmocka_unit_test(includes_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
