#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_maker.h"
#include "keep/closure/closures.h"
#include "keep/kept.h"

/* What an object that holds one text brings, under a name, at a level. */
static void brings(const char *name, const char *text, enum keep_level level, const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.interp = "/gone", .text = text}, &b); /* the text follows a NUL */
	image_bytes(&m, name, b.data, b.len, 0755);
	image_file(&m, "etc/x.conf", "x");
	image_link(&m, "etc/y.conf", "x.conf");
	image_program(&m, "etc/tool", "#!/gone\n");
	image_file(&m, "var/log", "x");
	image_file(&m, "usr/src/x.go", "x");
	CLEANUP_FREE char *big = mem_alloc((256u << 10) + 1);
	image_bytes(&m, "etc/big", big, (256u << 10) + 1, 0644);
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, level);
	CLEANUP_FREE char *path = mem_printf("/%s", name);
	keep_node(&k, image_node(&m, path), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_kept(&k, want);
}

static void named(void **state)
{
	brings("p", "/etc/x.conf", KEEP_CLOSURE, "/etc /p /etc/x.conf /etc/y.conf");
	brings("p", "/etc/x.conf", KEEP_EXACT, "/p");
	brings("p", "/etc/y.conf", KEEP_CLOSURE, "/etc /p /etc/x.conf /etc/y.conf");
	brings("p", "/etc/none", KEEP_CLOSURE, "/p");
	brings("p", "/etc", KEEP_CLOSURE, "/p");
	brings("p", "/etc/x.conf ", KEEP_CLOSURE, "/p"); /* a text of its own, nothing behind */
	brings("p", "in /etc/x.conf", KEEP_CLOSURE, "/p");
	brings("p", "/etc/tool", KEEP_CLOSURE, "/p");
	brings("p", "/etc/big", KEEP_CLOSURE, "/p");
	brings("p", "/var/log", KEEP_CLOSURE, "/p");
	brings("p", "/usr/src/x.go", KEEP_CLOSURE, "/p"); /* what it was compiled from */
	brings("libc.so.6", "/etc/x.conf", KEEP_CLOSURE, "/libc.so.6");
	CLEANUP_FREE char *slashes = mem_alloc(2 * LIMIT_PATH);
	memset(slashes, '/', 2 * LIMIT_PATH - 1);
	brings("p", slashes, KEEP_CLOSURE, "/p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
