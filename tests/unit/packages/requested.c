#include "unit.h"

#include "image.h"
#include "packages/packages.h"

#define PACKAGE(name, priority, more)                                                                                  \
	"Package: " name "\nStatus: install ok installed\nPriority: " priority "\nVersion: 1\n" more "\n"

/* The names of the packages that were asked for, blanks between them. */
static void requested_are(struct test_image *m, const char *want)
{
	CLEANUP_PACKAGES struct packages p;
	CLEANUP_BUF struct buf got = {0};
	image_index(m);
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	buf_str(&got, "");
	for (size_t i = 0; i < p.count; i++)
		if (p.items[i].requested)
			buf_printf(&got, "%s%s", got.len ? " " : "", p.items[i].name);
	assert_string_equal(got.data, want);
}

static void apt(void **state)
{
	static const char status[] =
	    PACKAGE("own", "optional", "") PACKAGE("auto", "optional", "") PACKAGE("base", "important", "")
		PACKAGE("core", "optional", "Essential: yes\n") PACKAGE("old", "extra", "");
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/lib/dpkg/status", status);
	image_file(&m, "var/lib/apt/extended_states",
		   "Auto-Installed: 1\n\nPackage: auto\nArchitecture: amd64\nAuto-Installed: 1\n\n"
		   "Package: old\nAuto-Installed: 0\n");
	requested_are(&m, "own old");

	CLEANUP_TEST_IMAGE struct test_image silent;
	image_init(&silent);
	image_file(&silent, "var/lib/dpkg/status", status);
	requested_are(&silent, "");
}

static void apk(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "lib/apk/db/installed",
		   "P:musl\nV:1\nF:lib\n\nP:php83-gd\nV:1\nD:musl so:libz.so.1\nF:usr\n\nP:x\nV:1\n\nP:y\nV:1\n\n");
	image_file(&m, "etc/apk/world", "php83-gd\nx=1.2-r0\ny@edge\n!musl\n");
	requested_are(&m, "php83-gd x y");
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_string_equal(p.items[1].needs, "musl so:libz.so.1");
	assert_null(p.items[0].needs);
}

static void pip(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "py/site-packages/flask-3.0.dist-info/RECORD", "flask/app.py,,\n");
	image_file(&m, "py/site-packages/flask-3.0.dist-info/REQUESTED", "");
	image_file(&m, "py/site-packages/werkzeug-3.0.dist-info/RECORD", "werkzeug/x.py,,\n");
	requested_are(&m, "flask");
}

static void needs(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/lib/dpkg/status",
		   PACKAGE("a", "optional", "Pre-Depends: b (>= 1)\nDepends: c, d\nRecommends: e\n")
		       PACKAGE("b", "optional", "Pre-Depends: f\n") PACKAGE("c", "optional", "Depends: g\n"));
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_string_equal(p.items[0].needs, "b (>= 1), c, d");
	assert_string_equal(p.items[0].wants, "e");
	assert_string_equal(p.items[1].needs, "f");
	assert_string_equal(p.items[2].needs, "g");
	assert_null(p.items[2].wants);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(apt), cmocka_unit_test(apk), cmocka_unit_test(pip),
					   cmocka_unit_test(needs)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
