#include "unit.h"

#include "sensor/mounts.h"

enum { ROOTFS = 40, PROC = 41, NS = 7 };

/* want NULL: not in the root file system. */
static void add(struct sensor_mounts *m, uint32_t device, uint64_t id, uint64_t parent, const char *root,
		const char *point)
{
	sensor_mounts_add(m, NS, &(struct sensor_mounts_entry){device, id, parent, (char *)root, (char *)point});
}

static void expect_from(const struct sensor_mounts *m, uint32_t ns, uint64_t from, const char *path, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	bool found = sensor_mounts_find(m, ns, from, ROOTFS, path, &got);
	assert_int_equal(found, want != NULL);
	if (want)
		assert_string_equal(got.data, want);
}

static void expect(const struct sensor_mounts *m, uint32_t ns, const char *path, const char *want)
{
	expect_from(m, ns, 0, path, want);
}

static void paths_are_mapped(void **state)
{
	struct sensor_mounts m = {0};
	expect(&m, NS, "/etc", NULL);
	sensor_mounts_begin(&m, NS);
	add(&m, ROOTFS, 1, 1, "/", "/");
	add(&m, PROC, 2, 1, "/", "/proc");
	add(&m, ROOTFS, 3, 1, "/jail", "/data/mnt");
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
	sensor_mounts_done(&m);
}

static void what_is_mounted_over_is_hidden(void **state)
{
	struct sensor_mounts m = {0};
	sensor_mounts_begin(&m, NS);
	add(&m, ROOTFS, 1, 1, "/", "/");
	add(&m, ROOTFS, 2, 1, "/jail", "/data/mnt");
	expect(&m, NS, "/data/mnt/x", "/jail/x");
	add(&m, ROOTFS, 3, 1, "/data", "/data"); /* without what is mounted below */
	expect(&m, NS, "/data/mnt/x", "/data/mnt/x");
	add(&m, ROOTFS, 4, 3, "/etc", "/data"); /* on top of it */
	expect(&m, NS, "/data/mnt/x", "/etc/mnt/x");
	sensor_mounts_begin(&m, NS); /* unmounted again */
	add(&m, ROOTFS, 1, 1, "/", "/");
	expect(&m, NS, "/data/mnt/x", "/data/mnt/x");
	sensor_mounts_done(&m);
}

static void a_root_is_not_hidden_from_its_own(void **state)
{
	struct sensor_mounts m = {0};
	sensor_mounts_begin(&m, NS);
	add(&m, ROOTFS, 9, 9, "/jail", "/"); /* after pivot_root(".", ".") */
	add(&m, ROOTFS, 1, 9, "/", "/");
	expect(&m, NS, "/x", "/jail/x");
	expect_from(&m, NS, 1, "/x", "/x");
	sensor_mounts_done(&m);
}

static void mounts_are_known_for_ever(void **state)
{
	struct sensor_mounts m = {0};
	const char *point;
	sensor_mounts_begin(&m, NS);
	add(&m, ROOTFS, 5, 5, "/jail", "/mnt");
	sensor_mounts_begin(&m, NS);
	assert_string_equal(sensor_mounts_root(&m, 5, ROOTFS, &point), "/jail");
	assert_string_equal(point, "/mnt");
	assert_null(sensor_mounts_root(&m, 5, PROC, &point));
	assert_null(sensor_mounts_root(&m, 6, ROOTFS, &point));
	sensor_mounts_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_mapped),
	    cmocka_unit_test(what_is_mounted_over_is_hidden),
	    cmocka_unit_test(a_root_is_not_hidden_from_its_own),
	    cmocka_unit_test(mounts_are_known_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
