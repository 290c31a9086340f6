#include "keep/trees/trees.h"

#include "unit.h"

#include "formats/elf_maker.h"
#include "keep/kept.h"

static const struct packages none;

static void make(struct test_image *m)
{
	image_init(m);
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.interp = "/gone", .text = "/usr/share/app/%s.dat"}, &b);
	image_bytes(m, "usr/bin/p", b.data, b.len, 0755);
	image_program(m, "usr/bin/script", "#!/gone\n# /usr/share/comment\nD=/usr/share/app/more\n");
	static const char wide[] = "MZ\1/\0u\0s\0r\0/\0s\0h\0a\0r\0e\0/\0a\0p\0p\0\0";
	image_bytes(m, "usr/lib/p.dll", wide, sizeof(wide), 0644);
	image_file(m, "etc/p.conf", "# data = /usr/share/comment\ndata = /usr/share/app\n");
	image_file(m, "srv/p.ini", "data = /usr/share/app\n");
	image_file(m, "usr/lib/text", "/usr/share/app");
	image_file(m, "usr/share/app/a.dat", "12");
	image_file(m, "usr/share/app/more/b.dat", "34");
	image_file(m, "usr/share/comment/c", "5");
	image_index(m);
}

static void brings(const char *path, enum keep_level level, enum keep_reason_kind why, bool want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, level);
	struct keep_trees t = {.limits = KEEP_TREES_LIMITS, .packages = &none};
	k.trees = &t;
	keep_node(&k, image_node(&m, path), KEEP_WHY(why, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_int_equal(keep_has(&k, image_node(&m, "/usr/share/app/a.dat")), want);
	assert_int_equal(keep_has(&k, image_node(&m, "/usr/share/app/more/b.dat")), want);
	assert_false(keep_has(&k, image_node(&m, "/usr/share/comment/c")));
	if (want)
		assert_reason(&k, &m, "/usr/share/app/a.dat", KEEP_RULE, image_node(&m, path));
	keep_trees_done(&t);
}

static void named(void **state)
{
	brings("/usr/bin/p", KEEP_SAFE, KEEP_TRACE, true);
	brings("/usr/bin/p", KEEP_SAFE, KEEP_COMMAND, true);
	brings("/usr/bin/p", KEEP_CLOSURE, KEEP_TRACE, false);
	brings("/usr/bin/script", KEEP_SAFE, KEEP_COMMAND, true);
	brings("/usr/lib/p.dll", KEEP_SAFE, KEEP_TRACE, true);
	brings("/etc/p.conf", KEEP_SAFE, KEEP_TRACE, true);
	brings("/etc/p.conf", KEEP_SAFE, KEEP_RULE, false); /* no run read it */
	brings("/srv/p.ini", KEEP_SAFE, KEEP_TRACE, true);
	brings("/usr/lib/text", KEEP_SAFE, KEEP_TRACE, false);
}

/* The levels without trees. */
static void without_trees(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	assert_brings(&m, KEEP_SAFE, "/usr/bin/p", "/usr /usr/bin /usr/bin/p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named), cmocka_unit_test(without_trees)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
