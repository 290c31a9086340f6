#include "unit.h"

#include "formats/elf_maker.h"
#include "keep/closure/closures.h"
#include "keep/kept.h"

#define MULTIARCH "usr/lib/x86_64-linux-gnu"

static void put(struct test_image *m, const char *path, const struct elf_spec *spec)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(spec, &b);
	image_bytes(m, path, b.data, b.len, 0755);
}
#define PUT(m, path, ...) put(m, path, &(struct elf_spec){__VA_ARGS__})
#define NEEDS(...) .needed = {__VA_ARGS__}

/* What /p alone brings. */
static void run_at(struct test_image *m, enum keep_level level, struct keep_set *k)
{
	image_index(m);
	keep_set_init(k, m->index, NULL, level);
	keep_node(k, image_node(m, "/p"), KEEP_WHY(KEEP_TRACE, 0));
	struct err e = {0};
	if (keep_closures(k, &e) < 0)
		fail_msg("%s", e.msg);
}

static void run(struct test_image *m, struct keep_set *k)
{
	run_at(m, KEEP_EXACT, k);
}

static void brings(struct test_image *m, const char *want)
{
	CLEANUP_KEEP_SET struct keep_set k;
	run(m, &k);
	assert_kept(&k, want);
}

static void interpreter_and_chain(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .interp = "/lib64/ld-linux.so.2", NEEDS("libz.so.1", "libmissing.so"));
	image_link(&m, "lib64", MULTIARCH);
	image_link(&m, "lib", "usr/lib");
	PUT(&m, MULTIARCH "/ld-linux.so.2", 0);
	PUT(&m, MULTIARCH "/libz.so.1.2", NEEDS("libc.so.6"));
	image_link(&m, MULTIARCH "/libz.so.1", "libz.so.1.2");
	PUT(&m, MULTIARCH "/libc.so.6", 0);
	PUT(&m, MULTIARCH "/libunused.so", 0);
	CLEANUP_KEEP_SET struct keep_set k;
	run(&m, &k);
	assert_kept(&k, "/lib /lib64 /p /usr /usr/lib /usr/lib/x86_64-linux-gnu "
			"/usr/lib/x86_64-linux-gnu/ld-linux.so.2 /usr/lib/x86_64-linux-gnu/libc.so.6 "
			"/usr/lib/x86_64-linux-gnu/libz.so.1 /usr/lib/x86_64-linux-gnu/libz.so.1.2");
	assert_reason(&k, &m, "/" MULTIARCH "/ld-linux.so.2", KEEP_INTERPRETER, image_node(&m, "/p"));
	assert_reason(&k, &m, "/" MULTIARCH "/libz.so.1.2", KEEP_LIBRARY, image_node(&m, "/p"));
	assert_reason(&k, &m, "/" MULTIARCH "/libc.so.6", KEEP_LIBRARY, image_node(&m, "/" MULTIARCH "/libz.so.1.2"));
}

static void kinds_do_not_mix(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", NEEDS("a.so", "b.so", "c.so", "d.so"));
	PUT(&m, "lib/x86_64-linux-gnu/a.so", .class = ELFCLASS32);
	PUT(&m, "lib/x86_64-linux-gnu/b.so", .machine = EM_AARCH64);
	image_file(&m, "lib/x86_64-linux-gnu/c.so", "INPUT(libc.so.6)");
	PUT(&m, "lib/x86_64-linux-gnu/d.so", .type = ET_REL);
	PUT(&m, "lib/a.so", 0); /* the loader goes on */
	PUT(&m, "lib64/b.so", 0);
	brings(&m, "/lib /lib64 /p /lib/a.so /lib64/b.so");
}

static void triplets(void **state)
{
	static const struct {
		uint8_t class;
		uint16_t machine;
		const char *dir;
	} cases[] = {
	    {ELFCLASS64, EM_AARCH64, "lib/aarch64-linux-gnu"},
	    {ELFCLASS32, EM_386, "lib/i386-linux-gnu"},
	    {ELFCLASS32, EM_ARM, "lib/arm-linux-gnueabi"},
	    {ELFCLASS64, EM_RISCV, "lib/riscv64-linux-gnu"},
	    {ELFCLASS64, EM_ALPHA, "usr/lib64"},
	    {ELFCLASS32, EM_386, "usr/lib32"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		PUT(&m, "p", .class = cases[i].class, .machine = cases[i].machine, NEEDS("x.so"));
		CLEANUP_FREE char *path = mem_printf("%s/x.so", cases[i].dir), *abs = mem_printf("/%s", path);
		PUT(&m, path, .class = cases[i].class, .machine = cases[i].machine);
		CLEANUP_KEEP_SET struct keep_set k;
		run(&m, &k);
		assert_reason(&k, &m, abs, KEEP_LIBRARY, image_node(&m, "/p"));
	}
}

static void runpath(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_link(&m, "p", "opt/app/bin/prog");
	PUT(&m, "opt/app/bin/prog", .runpath = "rel::/gone:$ORIGIN/../lib:/x/${LIB}:$ORIGINAL:/y/${PLATFORM}",
	    .rpath = "/ignored", NEEDS("a.so", "b.so", "c.so", "d.so", "e.so"));
	PUT(&m, "opt/app/lib/a.so", NEEDS("private.so")); /* RUNPATH is the program's only */
	PUT(&m, "opt/app/lib/private.so", 0);
	PUT(&m, "lib/a.so", 0);
	PUT(&m, "x/lib/x86_64-linux-gnu/b.so", 0);
	PUT(&m, "x/lib64/c.so", 0);
	PUT(&m, "y/x86_64/d.so", 0);
	PUT(&m, "ignored/e.so", 0);
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	(void)keep_path(&k, "/p", true, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_kept(&k, "/opt /p /x /y /opt/app /x/lib /x/lib64 /y/x86_64 /opt/app/bin /opt/app/lib "
			"/x/lib/x86_64-linux-gnu /x/lib64/c.so /y/x86_64/d.so /opt/app/bin/prog /opt/app/lib/a.so "
			"/x/lib/x86_64-linux-gnu/b.so");
}

static void rpath_serves_the_chain(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .rpath = "/opt", NEEDS("a.so"));
	PUT(&m, "opt/a.so", NEEDS("b.so"));
	PUT(&m, "opt/b.so", .runpath = "/own", NEEDS("c.so", "a.so"));
	PUT(&m, "opt/c.so", 0); /* b looks in its RUNPATH only */
	PUT(&m, "own/c.so", NEEDS("d.so"));
	PUT(&m, "opt/d.so", 0);
	brings(&m, "/opt /own /p /opt/a.so /opt/b.so /opt/d.so /own/c.so");
}

static void ld_so_conf(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", NEEDS("a.so"));
	image_file(&m, "etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n");
	image_file(&m, "etc/ld.so.conf.d/app.conf", "/opt/lib\n/lib\n");
	image_file(&m, "etc/ld.so.cache", "x");
	PUT(&m, "opt/lib/a.so", 0);
	PUT(&m, "lib/a.so", 0);
	brings(&m, "/etc /opt /p /etc/ld.so.cache /opt/lib /opt/lib/a.so");
}

static void default_directories_need_no_cache(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", NEEDS("a.so"));
	image_file(&m, "etc/ld.so.conf", "/lib\n");
	image_file(&m, "etc/ld.so.cache", "x");
	PUT(&m, "lib/a.so", 0);
	brings(&m, "/lib /p /lib/a.so");
}

static void musl(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .interp = "/lib/ld-musl-x86_64.so.1", NEEDS("a.so", "libc.musl-x86_64.so.1"));
	PUT(&m, "lib/ld-musl-x86_64.so.1", 0);
	image_link(&m, "lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1");
	PUT(&m, "usr/local/lib/a.so", 0);
	PUT(&m, "usr/lib/a.so", 0);
	brings(&m, "/lib /p /usr /lib/ld-musl-x86_64.so.1 /lib/libc.musl-x86_64.so.1 /usr/local /usr/local/lib "
		   "/usr/local/lib/a.so");

	CLEANUP_TEST_IMAGE struct test_image path;
	image_init(&path);
	PUT(&path, "p", .interp = "/lib/ld-musl-x86_64.so.1", .runpath = "/run", NEEDS("a.so", "b.so"));
	image_file(&path, "etc/ld-musl-x86_64.path", "/opt:/gone\n/lib\n");
	PUT(&path, "opt/a.so", 0);
	PUT(&path, "lib/a.so", 0);
	PUT(&path, "run/b.so", .interp = "/lib/ld-musl-x86_64.so.1", NEEDS("c.so")); /* RUNPATH is inherited */
	PUT(&path, "run/c.so", 0);
	brings(&path, "/etc /opt /p /run /etc/ld-musl-x86_64.path /opt/a.so /run/b.so /run/c.so");
}

static void names_with_a_slash(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", NEEDS("/opt/a.so", "lib/b.so", "/opt/c.so"));
	PUT(&m, "opt/a.so", 0);
	PUT(&m, "lib/b.so", 0);
	PUT(&m, "opt/c.so", .class = ELFCLASS32);
	brings(&m, "/opt /p /opt/a.so");
}

static void broken_objects_need_nothing(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.interp = "/lib/ld.so", NEEDS("a.so")}, &b);
	for (size_t n = 1; n < sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr); n += 7) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		image_bytes(&m, "p", b.data, n, 0755);
		PUT(&m, "lib/a.so", 0);
		PUT(&m, "lib/ld.so", 0);
		brings(&m, "/p");
	}
}

static void a_circle_ends(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .rpath = "/l", NEEDS("a.so"));
	PUT(&m, "l/a.so", .rpath = "/l", NEEDS("b.so", "a.so"));
	PUT(&m, "l/b.so", .rpath = "/l", NEEDS("a.so"));
	brings(&m, "/l /p /l/a.so /l/b.so");
}

/* Kept in either order, the set is the same. */
static void order_does_not_matter(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .rpath = "/opt", NEEDS("a.so"));
	PUT(&m, "q", NEEDS("a.so", "b.so"));
	PUT(&m, "opt/a.so", NEEDS("b.so"));
	PUT(&m, "opt/b.so", 0);
	PUT(&m, "lib/a.so", NEEDS("b.so"));
	PUT(&m, "lib/b.so", 0);
	image_index(&m);
	for (int i = 0; i < 2; i++) {
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, NULL, KEEP_EXACT);
		keep_node(&k, image_node(&m, i ? "/q" : "/p"), KEEP_WHY(KEEP_TRACE, 0));
		assert_int_equal(keep_closures(&k, NULL), 0);
		keep_node(&k, image_node(&m, i ? "/p" : "/q"), KEEP_WHY(KEEP_TRACE, 1));
		assert_int_equal(keep_closures(&k, NULL), 0);
		assert_kept(&k, "/lib /opt /p /q /lib/a.so /lib/b.so /opt/a.so /opt/b.so");
	}
}

static void what_cannot_be_read_is_an_error(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", 0);
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	keep_node(&k, image_node(&m, "/p"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(unlinkat(image_top(&m), "p", 0), 0);
	struct err e = {0};
	assert_int_equal(keep_closures(&k, &e), -ERR_NOTFOUND);
	assert_non_null(strstr(e.msg, "what /p needs"));
}

static void opened_by_name(void **state)
{
	for (enum keep_level level = KEEP_EXACT; level <= KEEP_CLOSURE; level++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		PUT(&m, "p", .runpath = "/own", .imports = {"dlopen"}, .text = "libb.so.1");
		PUT(&m, "own/libb.so.1", .imports = {"dlopen"}, .text = "/opt/plugin.so");
		PUT(&m, "opt/plugin.so", NEEDS("libc.so"));
		PUT(&m, "lib/libc.so", .text = "libunused.so"); /* opens nothing */
		PUT(&m, "lib/libunused.so", 0);
		CLEANUP_KEEP_SET struct keep_set k;
		run_at(&m, level, &k);
		if (level == KEEP_EXACT) {
			assert_kept(&k, "/p");
			continue;
		}
		assert_kept(&k, "/lib /opt /own /p /lib/libc.so /opt/plugin.so /own/libb.so.1");
		assert_reason(&k, &m, "/own/libb.so.1", KEEP_LIBRARY, image_node(&m, "/p"));
		assert_string_equal(strset_get(&k.notes, k.reasons[image_node(&m, "/opt/plugin.so")].note), "dlopen");
	}
}

/* libicuuc.so.%d: any version that is there. */
static void opened_by_version(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	PUT(&m, "p", .imports = {"dlopen"}, .text = "libicu.so.%d");
	PUT(&m, "lib/libicu.so.72", 0);
	PUT(&m, "lib/libicu2.so.72", 0);
	image_file(&m, "lib/libicu.so.text", "x");
	CLEANUP_KEEP_SET struct keep_set k;
	run_at(&m, KEEP_CLOSURE, &k);
	assert_kept(&k, "/lib /p /lib/libicu.so.72");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opened_by_name),
	    cmocka_unit_test(opened_by_version),
	    cmocka_unit_test(interpreter_and_chain),
	    cmocka_unit_test(kinds_do_not_mix),
	    cmocka_unit_test(triplets),
	    cmocka_unit_test(runpath),
	    cmocka_unit_test(rpath_serves_the_chain),
	    cmocka_unit_test(ld_so_conf),
	    cmocka_unit_test(default_directories_need_no_cache),
	    cmocka_unit_test(musl),
	    cmocka_unit_test(names_with_a_slash),
	    cmocka_unit_test(broken_objects_need_nothing),
	    cmocka_unit_test(a_circle_ends),
	    cmocka_unit_test(order_does_not_matter),
	    cmocka_unit_test(what_cannot_be_read_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
