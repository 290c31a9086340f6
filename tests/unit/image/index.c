#include "unit.h"

#include "image/words.h"
#include "layer/entry.h"

static const char *xattr(const struct layer_entry *e, const char *name)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (strcmp(e->xattrs[i].name, name) == 0)
			return e->xattrs[i].value;
	return NULL;
}

static void entries_carry_what_a_tar_needs(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	int fd = test_store_layer(&t);
	test_store_put(fd, "d/ d/f=text d/l->f d/p| d/!!");
	assert_int_equal(image_substitute_mknod(fd, "d/null", S_IFCHR | 0600, makedev(1, 3)), 0);
	char path[64], buf[IMAGE_SUBSTITUTE_NAME];
	static const char *const with_xattr[] = {"d", "d/f", "d/l", "d/p", "d/null"};
	const bool everywhere = privilege_is_full(); /* else not on symlinks and fifos */
	for (size_t i = 0; i < 5; i++) {
		if (!everywhere && (i == 2 || i == 3))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd, with_xattr[i]);
		assert_int_equal(lsetxattr(path, image_substitute_xattr("trusted.x", buf), with_xattr[i],
					   strlen(with_xattr[i]) + 1, 0),
				 0);
	}
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	for (size_t i = 0; i < 5; i++) {
		struct layer_entry e;
		struct err err = {0};
		uint32_t id = image_index_resolve(x, with_xattr[i], false, NULL, NULL);
		if (image_index_entry(x, id, &e, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(e.path, with_xattr[i]);
		assert_int_equal(e.n_xattrs, everywhere || (i != 2 && i != 3)); /* not trusted.overlay.opaque */
		if (e.n_xattrs)
			assert_string_equal(xattr(&e, "trusted.x"), with_xattr[i]);
		assert_int_equal(S_ISCHR(e.mode), i == 4);
		assert_int_equal(e.size, i == 1 ? 4 : 0);
		assert_int_equal(e.rdev, i == 4 ? makedev(1, 3) : 0);
		if (i == 2)
			assert_string_equal(e.link, "f");
		else
			assert_null(e.link);
		assert_int_equal(image_index_open(x, id, &err) >= 0, i == 1);
		layer_entry_done(&e);
	}
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_carry_what_a_tar_needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
