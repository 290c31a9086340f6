/* The table of this very process is the sample: what lies at /proc, and what statx says of it. */
#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "os/mountinfo.h"

static void the_mount_of_a_file_is_found(void **state)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	struct stat st;
	char device[32];
	int id = mountinfo_id(AT_FDCWD, "/proc/self");
	assert_true(id >= 0);
	assert_true(mountinfo_find(gettid(), id, &m));
	assert_int_equal(m.id, id);
	assert_string_equal(m.point, "/proc");
	assert_string_equal(m.root, "/");
	assert_return_code(stat("/proc", &st), 0);
	snprintf(device, sizeof(device), "%u:%u", major(st.st_dev), minor(st.st_dev));
	assert_string_equal(m.device, device);
}

static void what_is_not_there_is_not_found(void **state)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	assert_int_equal(mountinfo_id(AT_FDCWD, "/proc/nothing"), -1);
	assert_false(mountinfo_find(gettid(), -1, &m));
	assert_false(mountinfo_find(gettid(), INT_MAX, &m));
	assert_false(mountinfo_find(INT_MAX, mountinfo_id(AT_FDCWD, "/proc"), &m));
}

static const struct map_row {
	const char *root, *point, *path, *want; /* want NULL: it is not below */
} map_rows[] = {
    {"/", "/", "/a/b", "/a/b"},         {"/", "/mnt", "/mnt/a/b", "/a/b"}, {"/data", "/mnt", "/mnt/a", "/data/a"},
    {"/data", "/mnt", "/mnt", "/data"}, {"/data", "/", "/a", "/data/a"},   {"/data", "/mnt", "/mntx", NULL},
    {"/", "/mnt", "/a", NULL},
};

static void paths_are_mapped_into_the_file_system(void **state)
{
	for (size_t i = 0; i < sizeof(map_rows) / sizeof(map_rows[0]); i++) {
		const struct map_row *r = &map_rows[i];
		const struct mountinfo m = {.root = r->root, .point = r->point};
		CLEANUP_BUF struct buf out = {0};
		assert_int_equal(mountinfo_map(&m, r->path, &out), r->want != NULL);
		if (r->want)
			assert_string_equal(out.data, r->want);
	}
}

static void points_below_a_directory(void **state)
{
	CLEANUP_STRLIST struct strlist all = {0}, proc = {0}, none = {0};
	assert_int_equal(mountinfo_below("/", &all), 0);
	assert_int_equal(mountinfo_below("/proc", &proc), 0);
	assert_int_equal(mountinfo_below("/nothing/is/mounted/here", &none), 0);
	assert_true(strlist_has(&all, "/proc"));
	assert_true(strlist_has(&proc, "/proc"));
	assert_true(all.count >= proc.count);
	for (size_t i = 0; i < proc.count; i++)
		assert_memory_equal(proc.items[i], "/proc", 5);
	assert_int_equal(none.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_mount_of_a_file_is_found),
	    cmocka_unit_test(what_is_not_there_is_not_found),
	    cmocka_unit_test(paths_are_mapped_into_the_file_system),
	    cmocka_unit_test(points_below_a_directory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
