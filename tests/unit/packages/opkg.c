#include "unit.h"

#include "packages/trimmed.h"

#define STATUS                                                                                                         \
	"Package: libc\nVersion: 1.2.4-4\nStatus: install hold,user installed\nArchitecture: x86_64\n\n"               \
	"Package: busybox\nVersion: 1.36.1-1\nDepends: libc\nStatus: install user installed\nPriority: optional\n"     \
	"Architecture: x86_64\nAuto-Installed: yes\n\n"                                                                \
	"Package: gone\nVersion: 1\nStatus: deinstall user not-installed\n\n"

/* directory: without the leading slash. */
static void add_files(struct test_image *m, const char *directory)
{
	static const char *const files[][2] = {
	    {"status", STATUS},
	    {"info/libc.list", "/lib/libc.so\n/lib/absent\n"},
	    {"info/libc.control", "Package: libc\n"},
	    {"info/libc.prerm", "#!/bin/sh\n"},
	    {"info/busybox.list", "/bin\t0040755\n/bin/busybox\t0100755\n/bin/sh\t0120777\tbusybox\n"},
	    {"info/busybox.control", "Package: busybox\n"},
	    {"info/gone.list", "/etc/own\n"},
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP_FREE char *path = mem_printf("%s/%s", directory, files[i][0]);
		image_file(m, path, files[i][1]);
	}
	image_file(m, "lib/libc.so", "x");
	image_program(m, "bin/busybox", "x");
	image_link(m, "bin/sh", "busybox");
	image_file(m, "etc/own", "x");
}

static void is_read(const char *directory)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	add_files(&m, directory);
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[1].name, "busybox");
	assert_string_equal(p.items[1].version, "1.36.1-1");
	assert_string_equal(p.items[1].needs, "libc");
	assert_string_equal(packages_manager_names[p.items[1].manager], "opkg");
	assert_false(p.items[1].requested);
	assert_string_equal(owner(&p, &m, "/lib/libc.so"), "libc");
	assert_string_equal(owner(&p, &m, "/bin/busybox"), "busybox");
	assert_string_equal(owner(&p, &m, "/bin/sh"), "busybox");
	assert_string_equal(owner(&p, &m, "/etc/own"), "");
	assert_int_equal(p.unread.count, 0);
	CLEANUP_BUF struct buf status = {0};
	buf_printf(&status, "/%s/status", directory);
	assert_true(p.database[image_node(&m, status.data)]);
	assert_true(packages_may_read(status.data));
}

static void both_places(void **state)
{
	is_read("usr/lib/opkg");
	is_read("var/lib/opkg");
}

static void trimming(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	add_files(&m, "usr/lib/opkg");
	image_index(&m);
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/bin", "/bin/busybox", NULL});
	assert_string_equal(got, "/usr/lib/opkg/status: Package: busybox\nVersion: 1.36.1-1\nDepends: libc\n"
				 "Status: install user installed\nPriority: optional\nArchitecture: x86_64\n"
				 "Auto-Installed: yes\n\n|"
				 "/usr/lib/opkg/info/busybox.control: Package: busybox\n|"
				 "/usr/lib/opkg/info/busybox.list: /bin\t0040755\n/bin/busybox\t0100755\n|");
}

/* One package is of each directory: their records are not mixed up. */
static void two_databases(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/lib/opkg/status", "Package: a\nStatus: install ok installed\n");
	image_file(&m, "usr/lib/opkg/info/a.list", "/etc/a\n");
	image_file(&m, "var/lib/opkg/status", "Package: b\nStatus: install ok installed\n");
	image_file(&m, "var/lib/opkg/info/b.list", "/etc/b\n");
	image_file(&m, "var/lib/dpkg/status", "Package: c\nStatus: install ok installed\n");
	image_file(&m, "var/lib/dpkg/info/c.list", "/etc/c\n");
	image_file(&m, "etc/a", "x");
	image_file(&m, "etc/b", "x");
	image_file(&m, "etc/c", "x");
	image_index(&m);
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/etc/b", NULL});
	assert_string_equal(got, "/usr/lib/opkg/status: |/var/lib/dpkg/status: |"
				 "/var/lib/opkg/status: Package: b\nStatus: install ok installed\n\n|"
				 "/var/lib/opkg/info/b.list: /etc/b\n|");
}

static void one_directory_of_two_names(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	add_files(&m, "usr/lib/opkg");
	image_link(&m, "var/lib/opkg", "/usr/lib/opkg");
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 2);
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/lib/libc.so", NULL});
	assert_non_null(strstr(got, "/usr/lib/opkg/status: Package: libc\n"));
	assert_null(strstr(got, "busybox"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_places),
	    cmocka_unit_test(trimming),
	    cmocka_unit_test(two_databases),
	    cmocka_unit_test(one_directory_of_two_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
