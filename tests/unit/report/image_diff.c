#include "unit.h"

#include "image.h"
#include "report/image_diff.h"

static void make(struct test_image *a, struct test_image *b)
{
	image_init(a);
	image_init(b);
	image_file(a, "same", "x");
	image_file(b, "same", "x");
	image_file(a, "usr/lib/deep/gone", "12345");
	image_file(b, "usr/lib/new", "123");
	image_file(a, "content", "ab");
	image_file(b, "content", "ac");
	image_program(a, "mode", "x");
	image_file(b, "mode", "x");
	image_link(a, "link", "a");
	image_link(b, "link", "b");
	image_file(a, "kind", "x");
	image_dir(b, "kind");
	image_file(a, "var/lib/dpkg/status", "Package: p\nStatus: install ok installed\nVersion: 1\n");
	image_file(b, "var/lib/dpkg/status", "Package: p\nStatus: install ok installed\nVersion: 1\n");
	image_file(a, "var/lib/dpkg/info/p.list", "/usr/lib/deep/gone\n");
	image_file(b, "var/lib/dpkg/info/p.list", "/usr/lib/deep/gone\n");
	image_index(a);
	image_index(b);
}

static void paths(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image a, b;
	make(&a, &b);
	CLEANUP_IMAGE_DIFF struct report_image_diff d;
	assert_int_equal(report_image_diff_make(a.index, b.index, &d, NULL), 0);
	CLEANUP_BUF struct buf got = {0};
	for (size_t i = 0; i < d.n_paths; i++)
		buf_printf(&got, "%s %u %u %u>%u %s|", d.paths[i].path, d.paths[i].change, d.paths[i].aspects,
			   (unsigned)d.paths[i].bytes[0], (unsigned)d.paths[i].bytes[1],
			   d.paths[i].package ? d.paths[i].package : "");
	assert_string_equal(got.data, "/content 2 2 2>2 |"
				      "/kind 2 5 1>0 |"
				      "/link 2 2 0>0 |"
				      "/mode 2 4 1>1 |"
				      "/usr/lib/deep 0 0 0>0 |"
				      "/usr/lib/deep/gone 0 0 5>0 p|"
				      "/usr/lib/new 1 0 0>3 |");
	assert_int_equal(d.total.files[REPORT_IMAGE_GONE], 1);
	assert_int_equal(d.total.bytes[REPORT_IMAGE_ADDED], 3);
	assert_int_equal(d.total.files[REPORT_IMAGE_CHANGED], 4);
	assert_string_equal(d.directories[0].name, "/usr/lib");
	assert_int_equal(d.n_packages, 1);
	assert_int_equal(d.packages[0].bytes[REPORT_IMAGE_GONE], 5);
}

static void same(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image a, b;
	make(&a, &b);
	CLEANUP_IMAGE_DIFF struct report_image_diff d;
	assert_int_equal(report_image_diff_make(a.index, a.index, &d, NULL), 0);
	assert_int_equal(d.n_paths, 0);
	assert_int_equal(d.bytes[0], d.bytes[1]);
	CLEANUP_TEST_IMAGE struct test_image c;
	image_init(&c);
	image_file(&c, "one", "12345");
	image_hardlink(&c, "two", "one");
	image_index(&c);
	CLEANUP_IMAGE_DIFF struct report_image_diff linked;
	assert_int_equal(report_image_diff_make(c.index, c.index, &linked, NULL), 0);
	assert_int_equal(linked.bytes[0], 5);
	assert_int_equal(linked.files[0], 2);
}

static void printed(void **state)
{
	static const char *const names[] = {"A\x1b", "B"};
	CLEANUP_TEST_IMAGE struct test_image a, b;
	make(&a, &b);
	CLEANUP_IMAGE_DIFF struct report_image_diff d;
	assert_int_equal(report_image_diff_make(a.index, b.index, &d, NULL), 0);
	CLEANUP_BUF struct buf sums = {0}, all = {0}, json = {0};
	report_image_diff_text(&d, names, false, &sums);
	report_image_diff_text(&d, names, true, &all);
	assert_non_null(strstr(sums.data, "A\\x1b\n"));
	assert_null(strstr(sums.data, "/content"));
	assert_non_null(strstr(all.data, "/content  (content)\n"));
	assert_non_null(strstr(all.data, "/kind  (kind, mode)\n"));
	report_image_diff_json(&d, names, &json);
	assert_non_null(strstr(json.data, "\"slim.diff/v1\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(same),
	    cmocka_unit_test(printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
