#include "unit.h"

#include <sys/mman.h>

#include "dockerfile/archive.h"
#include "dockerfile/carriers_image.h"

static void holds_what_is_archived(void **state)
{
	CLEANUP_CARRIED struct carried t;
	struct layer_digests first, second;
	size_t entries;
	carried_init(&t);
	image_file(&t.m, "a/x", "12345");
	image_file(&t.m, "a/not", "1");
	image_hardlink(&t.m, "b/y", "a/x");
	image_link(&t.m, "link", "a");
	carried_index(&t);
	carried_keep(&t, "/a/x");
	carried_keep(&t, "/b/y");
	carried_keep(&t, "/link");
	carried_make(&t);
	CLEANUP_FD int fd = memfd_create("archive", MFD_CLOEXEC);
	assert_int_equal(dockerfile_archive(&t.c, fd, &entries, &first, NULL), 0);
	assert_int_equal(entries, 5);                             /* a, a/x, b, b/y = a/x, link */
	assert_string_equal(first.blob.text, first.diff_id.text); /* not compressed */
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(dockerfile_archive(&t.c, fd, &entries, &second, NULL), 0);
	assert_string_equal(first.blob.text, second.blob.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds_what_is_archived),
	};
	return cmocka_run_group_tests_name("dockerfile/archive", tests, NULL, NULL);
}
