#include "unit.h"

#include <dirent.h>

#include "image/words.h"
#include "layer/entry.h"

/* The directory of node id and the overlay's have the same names; all below, too. */
static void same_dir(const struct image_index *x, uint32_t id, int fd)
{
	const struct image_node *n = image_index_node(x, id);
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fdopendir(again);
	assert_non_null(d);
	uint32_t seen = 0;
	for (struct dirent *e; (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		uint32_t child = image_index_child(x, id, e->d_name, strlen(e->d_name));
		if (child == IMAGE_NONE)
			fail_msg("%s is not in the index", e->d_name);
		assert_int_equal(image_index_node(x, child)->parent, id);
		assert_true(child > id);
		same_node(x, child, again, e->d_name);
		if (S_ISDIR(image_index_node(x, child)->mode)) {
			CLEANUP_FD int next = openat(again, e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			same_dir(x, child, next);
		}
		seen++;
	}
	closedir(d);
	assert_int_equal(seen, n->n_children);
	for (uint32_t i = 1; i < n->n_children; i++)
		assert_true(strcmp(image_index_node(x, n->first_child + i - 1)->name,
				   image_index_node(x, n->first_child + i)->name) < 0);
}

static void it_is_what_the_overlay_is(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	build(&t);
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	same_node(x, 0, root, "");
	assert_int_equal(image_index_node(x, 0)->mode, S_IFDIR | 01751);
	assert_int_equal(image_index_node(x, 0)->uid, 7);
	same_dir(x, 0, root);
	image_overlay_done(&o);
	test_store_done(&t);
}

static void no_layers_is_an_empty_root(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	assert_int_equal(image_index_count(x), 1);
	assert_int_equal(image_index_resolve(x, "/..", true, NULL, NULL), 0);
	assert_int_equal(image_index_resolve(x, "/x", true, NULL, NULL), IMAGE_NONE);
	struct layer_entry e;
	assert_int_equal(image_index_entry(x, 0, &e, NULL), 0);
	assert_string_equal(e.path, "");
	layer_entry_done(&e);
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	same_dir(x, 0, root);
	image_overlay_done(&o);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_what_the_overlay_is),
	    cmocka_unit_test(no_layers_is_an_empty_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
