#include "unit.h"

#include "packages/trimmed.h"

#define STATUS                                                                                                         \
	"Package: libc6\nSource: glibc (2.36-9)\nStatus: install ok installed\nArchitecture: amd64\nVersion: "         \
	"2.36\nDescription: C\n more\n\n"                                                                              \
	"Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"                        \
	"Package: tool\nStatus: install ok installed\nSection: contrib/devel\nArchitecture: all\nVersion: 1:3-1\n"

static void make_debian(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/lib/libc.so.6", "x");
	image_link(m, "lib", "usr/lib");
	image_program(m, "usr/bin/tool", "x");
	image_file(m, "usr/share/tool/data", "x");
	image_file(m, "etc/own", "x");
	image_file(m, "var/lib/dpkg/status", STATUS);
	image_file(m, "var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so.6\n/lib/absent\n");
	image_file(m, "var/lib/dpkg/info/tool.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/tool/data\n");
	image_file(m, "var/lib/dpkg/info/tool.md5sums", "00  usr/bin/tool\n11  usr/share/tool/data\n");
	image_file(m, "var/lib/dpkg/info/tool.postinst", "#!/bin/sh\n");
	image_file(m, "var/lib/dpkg/info/gone.list", "/etc/own\n");
	image_file(m, "var/lib/dpkg/arch", "amd64\n");
	image_index(m);
}

static void dpkg_is_read(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make_debian(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[1].name, "tool");
	assert_string_equal(p.items[1].version, "1:3-1");
	assert_string_equal(p.items[1].section, "devel");
	assert_null(p.items[0].section);
	assert_string_equal(p.items[0].source, "glibc");
	assert_null(p.items[1].source);
	assert_string_equal(p.items[0].architecture, "amd64");
	assert_string_equal(owner(&p, &m, "/usr/lib/libc.so.6"), "libc6"); /* through the symlink /lib */
	assert_string_equal(owner(&p, &m, "/usr/bin/tool"), "tool");
	assert_int_equal(p.unread.count, 0);
	assert_string_equal(owner(&p, &m, "/etc/own"), ""); /* of one that is not installed any more */
	assert_true(p.database[image_node(&m, "/var/lib/dpkg/info/tool.list")]);
	assert_false(p.database[image_node(&m, "/usr/bin/tool")]);
}

static void dpkg_is_trimmed(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make_debian(&m);
	CLEANUP_FREE char *tool = trimmed(&m, (const char *const[]){"/usr", "/usr/bin", "/usr/bin/tool", NULL});
	assert_string_equal(tool, "/var/lib/dpkg/arch: amd64\n|"
				  "/var/lib/dpkg/status: Package: tool\nStatus: install ok installed\n"
				  "Section: contrib/devel\nArchitecture: all\nVersion: 1:3-1\n\n|"
				  "/var/lib/dpkg/info/tool.list: /.\n/usr\n/usr/bin\n/usr/bin/tool\n|"
				  "/var/lib/dpkg/info/tool.md5sums: 00  usr/bin/tool\n|");
	/* a directory is nobody's: it makes no package remain */
	CLEANUP_FREE char *none = trimmed(&m, (const char *const[]){"/usr", "/usr/bin", "/etc/own", NULL});
	assert_string_equal(none, "/var/lib/dpkg/arch: amd64\n|/var/lib/dpkg/status: |");
	CLEANUP_FREE char *libc = trimmed(&m, (const char *const[]){"/usr/lib/libc.so.6", NULL});
	assert_non_null(strstr(
	    libc,
	    "Package: libc6\nSource: glibc (2.36-9)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36\n"
	    "Description: C\n more\n\n|"));
	assert_null(strstr(libc, "tool"));
}

static void distroless(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/lib/a", "x");
	image_file(&m, "usr/lib/b", "x");
	image_file(&m, "var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/status.d/a.md5sums", "0  usr/lib/a\n");
	image_file(&m, "var/lib/dpkg/status.d/b", "Package: b\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/status.d/b.md5sums", "0  usr/lib/b\n");
	image_index(&m);
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/usr/lib/b", NULL});
	assert_string_equal(got, "/var/lib/dpkg/status.d/b: Package: b\nVersion: 1\n|"
				 "/var/lib/dpkg/status.d/b.md5sums: 0  usr/lib/b\n|");
}

/* Of a package without a list nobody knows whether something of it is left. */
static void unlisted(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "usr/lib/a", "x");
	image_file(&m, "etc/own", "x");
	image_file(&m, "var/lib/dpkg/status", "Package: a\nVersion: 1\n\nPackage: b\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/info/a.list", "/usr/lib/a\n");
	image_file(&m, "var/lib/dpkg/status.d/c", "Package: c\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/status.d/d", "Package: d\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/status.d/d.md5sums", "");
	image_index(&m);
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/etc/own", NULL});
	assert_string_equal(got, "/var/lib/dpkg/status: Package: b\nVersion: 1\n\n|"
				 "/var/lib/dpkg/status.d/c: Package: c\nVersion: 1\n|");
}

static void apk(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "lib/libc.musl", "x");
	image_file(&m, "etc/conf", "x");
	image_file(&m, "bin/b", "x");
	image_file(&m, "lib/apk/db/installed",
		   "C:Q1=\nP:musl\nV:1.2\nA:x86_64\nF:lib\nR:libc.musl\na:0:0:755\nZ:Q1\nF:etc\nR:conf\nZ:Q2\n\n"
		   "P:b\nV:1\nA:x86_64\nF:bin\nR:b\n\n");
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_string_equal(owner(&p, &m, "/lib/libc.musl"), "musl");
	assert_string_equal(owner(&p, &m, "/bin/b"), "b");
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/lib", "/lib/libc.musl", NULL});
	assert_string_equal(got, "/lib/apk/db/installed: C:Q1=\nP:musl\nV:1.2\nA:x86_64\nF:lib\nR:libc.musl\n"
				 "a:0:0:755\nZ:Q1\n\n|");
}

static void languages(void **state)
{
	static const struct {
		const char *path, *owner;
	} cases[] = {
	    {"/py/site-packages/flask/app.py", "flask"},
	    {"/py/site-packages/a,b.py", "flask"},
	    {"/bin/flask", "flask"},
	    {"/py/site-packages/owned.py", "deb"},
	    {"/app/node_modules/x/lib/i.js", "x"},
	    {"/app/node_modules/x/node_modules/y/i.js", "y"},
	    {"/app/node_modules/@s/z/i.js", "@s/z"},
	    {"/app/node_modules/.bin/x", ""},
	    {"/app/index.js", ""},
	    {"/gems/gems/rack-test-2.0/r.rb", "rack-test"},
	    {"/gems/specifications/rack-test-2.0.gemspec", "rack-test"},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(
	    &m, "py/site-packages/flask-2.2.dist-info/RECORD",
	    "flask/app.py,sha256=x,1\n\"a,b.py\",,\n../../bin/flask,,\n../../../../../etc/none,,\nowned.py,,\nx\n");
	image_file(&m, "app/node_modules/x/package.json", "{\"name\": \"x\", \"version\": \"1.2\"}");
	image_file(&m, "app/node_modules/x/node_modules/y/package.json", "not JSON");
	image_file(&m, "app/node_modules/@s/z/package.json", "{}");
	image_file(&m, "var/lib/dpkg/status", "Package: deb\nStatus: install ok installed\nVersion: 1\n");
	image_file(&m, "var/lib/dpkg/info/deb.list", "/py/site-packages/owned.py\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		image_file(&m, cases[i].path + 1, "x");
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(owner(&p, &m, cases[i].path), cases[i].owner) != 0)
			fail_msg("%s: %s", cases[i].path, owner(&p, &m, cases[i].path));
	for (size_t i = 0; i < p.count; i++)
		if (strcmp(p.items[i].name, "x") == 0)
			assert_string_equal(p.items[i].version, "1.2");
}

static void unread(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/lib/rpm/Packages", "Berkeley DB");
	image_file(&m, "etc/own", "x");
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_true(p.has_database);
	assert_true(p.database[image_node(&m, "/var/lib/rpm/Packages")]);
	assert_false(p.database[image_node(&m, "/var/lib")]);
	assert_int_equal(p.unread.count, 1);
	assert_string_equal(p.unread.items[0], "/var/lib/rpm");
}

static void hostile(void **state)
{
	static const char *const texts[] = {"",
					    "\n\n\n",
					    "Package:\n\nPackage: \nStatus: x installed\n",
					    "Package: a",
					    "P:",
					    "P:a\nR:../../etc/own\nF:../..\nR:x\n",
					    "F:\nR:\n\n:\n"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		image_file(&m, "etc/own", "x");
		image_file(&m, "var/lib/dpkg/status", texts[i]);
		image_file(&m, "lib/apk/db/installed", texts[i]);
		image_file(&m, "var/lib/dpkg/info/a.list", "/../../../etc/own\n\n//\n");
		image_index(&m);
		CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/etc/own", NULL});
		assert_non_null(got);
		CLEANUP_PACKAGES struct packages p;
		assert_int_equal(packages_read(m.index, &p, NULL), 0);
		assert_true(p.count <= 2);
	}
}

/* A package whose name begins with NUL has none. Those behind it are trimmed as they are. */
static void no_name(void **state)
{
	static const char status[] = "Package: \0x\nStatus: install ok installed\n\n"
				     "Package: b\nStatus: install ok installed\n\n";
	static const char installed[] = "P:\0x\nF:etc\nR:own\n\nP:c\nF:etc\nR:other\n\n";
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/own", "x");
	image_file(&m, "etc/other", "x");
	image_bytes(&m, "var/lib/dpkg/status", status, sizeof(status) - 1, 0644);
	image_file(&m, "var/lib/dpkg/info/b.list", "/etc/own\n");
	image_bytes(&m, "lib/apk/db/installed", installed, sizeof(installed) - 1, 0644);
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(owner(&p, &m, "/etc/own"), "b");
	assert_string_equal(owner(&p, &m, "/etc/other"), "c");
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/etc", "/etc/own", NULL});
	assert_string_equal(got, "/lib/apk/db/installed: |"
				 "/var/lib/dpkg/status: Package: b\nStatus: install ok installed\n\n|"
				 "/var/lib/dpkg/info/b.list: /etc/own\n|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dpkg_is_read), cmocka_unit_test(dpkg_is_trimmed),
	    cmocka_unit_test(distroless),   cmocka_unit_test(unlisted),
	    cmocka_unit_test(apk),          cmocka_unit_test(languages),
	    cmocka_unit_test(unread),       cmocka_unit_test(hostile),
	    cmocka_unit_test(no_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
