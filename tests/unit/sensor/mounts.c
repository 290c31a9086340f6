#include "unit.h"

#include "sensor/mounts.h"

enum { ROOTFS = 40, PROC = 41, NS = 7 };

/* want NULL: not in the root file system. */
static void expect(const struct mounts *m, uint32_t ns, const char *path, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	bool found = mounts_find(m, ns, ROOTFS, path, &got);
	assert_int_equal(found, want != NULL);
	if (want)
		assert_string_equal(got.data, want);
}

static void paths_are_mapped(void **state)
{
	struct mounts m = {0};
	expect(&m, NS, "/etc", NULL);
	mounts_begin(&m, NS);
	mounts_add(&m, NS, ROOTFS, 1, "/", "/");
	mounts_add(&m, NS, PROC, 2, "/", "/proc");
	mounts_add(&m, NS, ROOTFS, 3, "/jail", "/data/mnt");
	static const struct {
		const char *path, *want;
	} cases[] = {
	    {"/", "/"},
	    {"/etc/conf", "/etc/conf"},
	    {"/proc/1", NULL},
	    {"/process", "/process"},
	    {"/data/mnt", "/jail"},
	    {"/data/mnt/etc/x", "/jail/etc/x"},
	    {"/data/mnt2", "/data/mnt2"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(&m, NS, cases[i].path, cases[i].want);
	expect(&m, NS + 1, "/etc", NULL);
	mounts_done(&m);
}

static void the_youngest_is_on_top(void **state)
{
	struct mounts m = {0};
	mounts_begin(&m, NS);
	mounts_add(&m, NS, ROOTFS, 9, "/jail", "/");
	mounts_add(&m, NS, ROOTFS, 1, "/", "/");
	expect(&m, NS, "/x", "/jail/x");
	mounts_begin(&m, NS); /* unmounted again */
	mounts_add(&m, NS, ROOTFS, 1, "/", "/");
	expect(&m, NS, "/x", "/x");
	mounts_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_mapped),
	    cmocka_unit_test(the_youngest_is_on_top),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
