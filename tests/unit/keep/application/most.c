#include "unit.h"

#include "keep/application/most.h"
#include "keep/closure/closures.h"
#include "keep/kept.h"

#define PACKAGE(name, section) "Package: " name "\nStatus: install ok installed\nSection: " section "\nVersion: 1\n\n"
#define STATUS                                                                                                         \
	PACKAGE("tool", "utils") PACKAGE("zlib1g-dev", "libdevel") PACKAGE("gcc-12", "devel") PACKAGE("mine", "x")
#define ELF(class, machine)                                                                                            \
	"\x7f"                                                                                                         \
	"ELF" class "\1\1"                                                                                             \
		    "\0\0\0\0\0\0\0\0\0"                                                                               \
		    "\3\0" machine "\0"

struct expected {
	const char *path;
	bool stays;
};

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status", STATUS);
	image_file(m, "var/lib/dpkg/info/tool.list", "/usr/bin/tool\n/usr/share/tool/data\n");
	image_file(m, "var/lib/dpkg/info/zlib1g-dev.list", "/usr/lib/pkgconfig/z.pc\n/usr/lib/libz.so\n");
	image_file(m, "var/lib/dpkg/info/gcc-12.list", "/usr/bin/gcc\n/usr/lib/gcc/cc1\n");
	image_file(m, "var/lib/dpkg/info/mine.list", "/usr/bin/make\n");
	image_program(m, "usr/bin/tool", "x");
	image_program(m, "usr/bin/gcc", "x");
	image_program(m, "usr/bin/make", "of a package that builds nothing");
	image_file(m, "usr/lib/gcc/cc1", "x");
	image_file(m, "usr/lib/pkgconfig/z.pc", "x");
	image_file(m, "usr/lib/libz.so.1", "x");
	image_link(m, "usr/lib/libz.so", "libz.so.1");
	image_program(m, "usr/local/bin/pip", "x");
	image_file(m, "usr/share/tool/data", "x");
	image_file(m, "usr/share/locale/de/tool.mo", "x");
	image_file(m, "usr/share/locale/en/tool.mo", "x");
	image_file(m, "usr/include/z.h", "x");
	image_file(m, "usr/lib/tool/inner.h", "x");
	image_file(m, "usr/lib/tool/inner.a", "x");
	image_file(m, "usr/lib/tool/test/t", "x");
	image_file(m, "usr/share/doc/tool/copyright", "x");
	image_file(m, "var/cache/tool/x", "x");
	image_file(m, "srv/.git/HEAD", "x");
	image_file(m, "srv/static/code.h", "x");
	image_link(m, "srv/log", "/proc/self/fd/1");
	image_link(m, "srv/cc", "/usr/bin/gcc");
	image_link(m, "srv/t", "/usr/bin/tool");
	image_bytes(m, "usr/lib/own.so", ELF("\2", "\76"), 20, 0644);
	image_bytes(m, "usr/lib/other.so", ELF("\2", "\76"), 20, 0644);
	image_bytes(m, "usr/lib/foreign.so", ELF("\1", "\3"), 20, 0644);
	image_program(m, "opt/go/bin/go", "x");
	image_file(m, "opt/go/src/runtime/x", "x");
	image_file(m, "opt/go/pkg/x", "x");
	image_index(m);
}

static void check(const struct test_image *m, const char *const *used, const struct expected *want)
{
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	keep_set_init(&k, m->index, NULL, KEEP_MOST);
	for (; *used; used++)
		(void)keep_path(&k, *used, true, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	keep_most_add(&k, &p);
	assert_int_equal(keep_closures(&k, NULL), 0);
	for (; want->path; want++)
		if (keep_has(&k, image_node(m, want->path)) != want->stays)
			fail_msg("%s %s", want->path, want->stays ? "is missing" : "is kept");
}

static void unused(void **state)
{
	static const struct expected want[] = {
	    {"/usr/bin/tool", true},
	    {"/usr/share/tool/data", true},
	    {"/usr/bin/make", true},
	    {"/usr/share/locale/en/tool.mo", true},
	    {"/usr/lib/libz.so.1", true},
	    {"/usr/lib/libz.so", true}, /* whoever owns it: dlopen spells the library so */
	    {"/usr/lib/other.so", true},
	    {"/srv/static/code.h", true}, /* served */
	    {"/srv/log", true},           /* leads to what is there at run time */
	    {"/srv/t", true},
	    {"/usr/lib/pkgconfig/z.pc", false},
	    {"/usr/bin/gcc", false},
	    {"/usr/lib/gcc/cc1", false},
	    {"/srv/cc", false},
	    {"/usr/local/bin/pip", false},
	    {"/usr/share/locale/de/tool.mo", false},
	    {"/usr/include/z.h", false},
	    {"/usr/lib/tool/inner.h", false},
	    {"/usr/lib/tool/inner.a", false},
	    {"/usr/lib/tool/test/t", false},
	    {"/usr/share/doc/tool/copyright", false},
	    {"/var/cache/tool/x", false},
	    {"/var/lib/dpkg/status", false},
	    {"/srv/.git/HEAD", false},
	    {"/usr/lib/foreign.so", false},
	    {"/opt/go/bin/go", false},
	    {NULL, false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	check(&m, (const char *const[]){"/usr/lib/own.so", NULL}, want);
}

/* What a run used of a toolchain brings the rest of it. */
static void used(void **state)
{
	static const char *const runs[] = {"/usr/bin/gcc", "/usr/include/z.h", "/opt/go/bin/go", "/usr/lib/tool/test/t",
					   NULL};
	static const struct expected want[] = {
	    {"/usr/lib/gcc/cc1", true},
	    {"/srv/cc", true},
	    {"/usr/lib/tool/inner.h", true},
	    {"/usr/lib/tool/inner.a", false},
	    {"/opt/go/pkg/x", true},
	    {"/usr/lib/pkgconfig/z.pc", false},
	    {"/usr/lib/foreign.so", true}, /* no program of any architecture was used */
	    {NULL, false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	check(&m, runs, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(unused), cmocka_unit_test(used)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
