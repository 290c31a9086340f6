#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "image/index.h"
#include "image/index_listing.h"

static const struct image_listing_entry root = {.path = "/", .mode = S_IFDIR | 0755, .nlink = 1};

static void siblings_are_consecutive(void **state)
{
	static const struct image_listing_entry entries[] = {
	    {.path = "/a", .mode = S_IFDIR | 0700},
	    {.path = "/a/b/c", .mode = S_IFREG | 0644, .size = 3}, /* /a/b is implied */
	    {.path = "/a/d", .mode = S_IFREG | 0644},
	    {.path = "/a/d/e", .mode = S_IFREG | 0644}, /* below a file */
	    {.path = "/f", .mode = S_IFLNK | 0777, .target = "a/b"},
	};
	struct image_index *x = NULL;
	struct err err = {0};
	assert_int_equal(image_index_listing(&root, entries, 5, NULL, NULL, &x, &err), 0);
	assert_int_equal(image_index_count(x), 6);
	const struct image_node *a = image_index_node(x, image_index_child(x, 0, "a", 1));
	assert_int_equal(a->n_children, 2);
	assert_int_equal(a->mode & 07777, 0700);
	uint32_t c = image_index_resolve(x, "/f/c", true, NULL, NULL);
	assert_int_equal(image_index_node(x, c)->size, 3);
	assert_int_equal(image_index_node(x, image_index_node(x, c)->parent)->mode & 07777, 0755);
	assert_int_equal(image_index_open(x, c, &err), -ERR_UNSUPPORTED); /* nobody opens files */
	image_index_free(x);
}

/* Few paths can imply very many directories. */
static void implied_directories_are_bounded(void **state)
{
	const size_t count = LIMIT_ENTRIES / 1000 + 10;
	struct image_listing_entry *entries = mem_calloc(count, sizeof(*entries));
	struct buf path = {0};
	for (size_t i = 0; i < count; i++) {
		path.len = 0;
		buf_printf(&path, "/%07zu", i);
		for (size_t j = 0; j < 1000; j++)
			buf_str(&path, "/d");
		entries[i] = (struct image_listing_entry){.path = mem_strdup(path.data), .mode = S_IFREG | 0644};
	}
	struct image_index *x = NULL;
	struct err err = {0};
	assert_int_equal(image_index_listing(&root, entries, count, NULL, NULL, &x, &err), -ERR_LIMIT);
	assert_null(x);
	for (size_t i = 0; i < count; i++)
		free((char *)entries[i].path);
	free(entries);
	buf_done(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(siblings_are_consecutive),
	    cmocka_unit_test(implied_directories_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
