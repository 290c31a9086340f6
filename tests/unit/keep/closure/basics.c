#include "unit.h"

#include "formats/elf_maker.h"
#include "keep/traced.h"
#include "keep/trees/trees.h"

static void add_program(struct test_image *m, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.interp = "/lib/ld.so", .needed = {"libx.so"}, .text = "/usr/share/app/%s"}, &b);
	image_bytes(m, path, b.data, b.len, 0755);
}

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   "Package: coreutils\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: other\nStatus: install ok installed\nVersion: 1\n");
	image_file(m, "var/lib/dpkg/info/coreutils.list", "/usr/bin/ls\n/usr/bin/ptx\n/usr/share/doc\n");
	image_file(m, "var/lib/dpkg/info/other.list", "/usr/bin/other\n");
	image_program(m, "usr/bin/dash", "x");
	image_program(m, "usr/bin/big", "x");
	add_program(m, "usr/bin/ls");
	add_program(m, "usr/bin/ptx");
	add_program(m, "usr/bin/other");
	image_program(m, "lib/ld.so", "x");
	add_program(m, "usr/lib/libx.so");
	image_file(m, "usr/share/app/a", "x");
	image_file(m, "usr/share/doc", "x");
	image_index(m);
}

/* A shell brings the programs that scripts use, and those what they need to start, but not the directories that they
 * name. Another program brings none. */
static void with_a_shell(void **state)
{
	static const struct {
		const char *opened;
		bool want;
	} cases[] = {{"/usr/bin/big", false}, {"/usr/bin/dash", true}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		make(&m);
		CLEANUP_TRACED struct traced r;
		traced_init(&r, &m, KEEP_SAFE, TRACE_OPEN, &cases[i].opened, 1);
		struct keep_trees t = {.limits = KEEP_TREES_LIMITS, .packages = &r.p};
		r.k.trees = &t;
		assert_int_equal(keep_closures(&r.k, NULL), 0);
		assert_int_equal(keep_has(&r.k, image_node(&m, "/usr/bin/ls")), cases[i].want);
		assert_int_equal(keep_has(&r.k, image_node(&m, "/usr/lib/libx.so")), cases[i].want);
		assert_false(keep_has(&r.k, image_node(&m, "/usr/bin/ptx")));
		assert_false(keep_has(&r.k, image_node(&m, "/usr/bin/other")));
		assert_false(keep_has(&r.k, image_node(&m, "/usr/share/doc")));
		if (cases[i].want)
			assert_reason(&r.k, &m, "/usr/bin/ls", KEEP_SCRIPTS, image_node(&m, "/usr/bin/dash"));
		keep_trees_done(&t);
	}
}

/* At the level closure there is no more than the shell. */
static void below_safe(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	assert_brings(&m, KEEP_CLOSURE, "/usr/bin/dash", "/usr /usr/bin /usr/bin/dash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(with_a_shell), cmocka_unit_test(below_safe)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
