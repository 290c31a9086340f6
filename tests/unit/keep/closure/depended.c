#include "unit.h"

#include "formats/elf_maker.h"
#include "keep/traced.h"
#include "keep/trees/trees.h"

static void add_program(struct test_image *m, const char *path, const char *text)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.interp = "/gone", .text = text}, &b);
	image_bytes(m, path, b.data, b.len, 0755);
}

static void make(struct test_image *m, const char *text)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   "Package: calc\nStatus: install ok installed\nVersion: 1\nDepends: formatter, basis, adduser, perl\n"
		   "Recommends: viewer\n\n"
		   "Package: formatter\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: viewer\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: basis\nEssential: yes\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: adduser\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: perl\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: stranger\nStatus: install ok installed\nVersion: 1\n");
	image_file(m, "var/lib/dpkg/info/calc.list", "/usr/lib/libcalc.so\n");
	image_file(m, "var/lib/dpkg/info/formatter.list", "/usr/bin/format\n/usr/bin/other\n/usr/share/format\n");
	image_file(m, "var/lib/dpkg/info/viewer.list", "/usr/bin/view\n");
	image_file(m, "var/lib/dpkg/info/basis.list", "/usr/bin/kill\n");
	image_file(m, "var/lib/dpkg/info/adduser.list", "/usr/sbin/deluser\n");
	image_file(m, "var/lib/dpkg/info/perl.list", "/usr/bin/perl\n");
	image_file(m, "var/lib/dpkg/info/stranger.list", "/usr/bin/strange\n");
	add_program(m, "usr/lib/libcalc.so", text);
	static const char *const programs[] = {"bin/format", "bin/other",   "bin/view",    "bin/kill",
					       "bin/perl",   "bin/strange", "sbin/deluser"};
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		CLEANUP_FREE char *path = mem_printf("usr/%s", programs[i]);
		image_program(m, path, "x");
	}
	image_file(m, "usr/share/format", "x");
	image_index(m);
}

static void named(void **state)
{
	static const struct {
		const char *text, *want; /* what comes with the library, if anything */
	} cases[] = {
	    {"format", "/usr/bin/format"},
	    {"format --plain %s", "/usr/bin/format"},
	    {"/bin/format -x", "/usr/bin/format"},
	    {"view", "/usr/bin/view"},
	    {"formats", NULL},
	    {"format: bad", NULL},
	    {"to format", NULL},
	    {"strange", NULL}, /* calc does not depend on it */
	    {"kill", NULL},    /* every system has it */
	    {"deluser", NULL}, /* for the scripts of the package manager */
	    {"perl", NULL},    /* what it runs says so itself */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		make(&m, cases[i].text);
		CLEANUP_TRACED struct traced r;
		traced_init(&r, &m, KEEP_SAFE, TRACE_OPEN, &(const char *){"/usr/lib/libcalc.so"}, 1);
		struct keep_trees t = {.limits = KEEP_TREES_LIMITS, .packages = &r.p};
		r.k.trees = &t;
		assert_int_equal(keep_closures(&r.k, NULL), 0);
		CLEANUP_BUF struct buf want = {0};
		const char *program = cases[i].want;
		buf_printf(&want, "/usr %s/usr/lib %s%s/usr/lib/libcalc.so", program ? "/usr/bin " : "",
			   program ? program : "", program ? " " : "");
		assert_kept(&r.k, want.data);
		if (cases[i].want)
			assert_reason(&r.k, &m, cases[i].want, KEEP_COMMAND, image_node(&m, "/usr/lib/libcalc.so"));
		keep_trees_done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
