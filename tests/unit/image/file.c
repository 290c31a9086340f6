#include "unit.h"

#include "image.h"
#include "image/file.h"

static void build(struct test_image *m)
{
	image_init(m);
	image_file(m, "a", "1");
	image_hardlink(m, "b", "a");
	image_file(m, "c", "2");
	image_file(m, "d", "3");
	image_hardlink(m, "e", "d");
	image_index(m);
}

static void first_name_of_each(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_IMAGE_FILES struct image_files f = {0};
	build(&m);
	const struct {
		const char *path, *first;
	} cases[] = {{"/b", "/b"}, {"/a", "/b"}, {"/c", "/c"}, {"/e", "/e"}, {"/c", "/c"}, {"/d", "/e"}, {"/b", "/b"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(image_files_first(&f, m.index, image_node(&m, cases[i].path)),
				 image_node(&m, cases[i].first));
}

static void each_file_once(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_IMAGE_FILES struct image_files f = {0};
	build(&m);
	assert_true(image_files_add(&f, m.index, image_node(&m, "/a")));
	assert_false(image_files_add(&f, m.index, image_node(&m, "/b")));
	assert_true(image_files_add(&f, m.index, image_node(&m, "/c")));
	assert_false(image_files_add(&f, m.index, image_node(&m, "/c")));
	assert_true(image_files_add(&f, m.index, image_node(&m, "/e")));
	assert_int_equal(image_files_first(&f, m.index, image_node(&m, "/b")), image_node(&m, "/a"));
}

static void order(void **state)
{
	static const struct image_file sorted[] = {{0, 9}, {1, 2}, {1, UINT64_MAX}, {2, 0}};
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++) {
			int c = image_file_compare(sorted[i], sorted[j]);
			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_name_of_each),
	    cmocka_unit_test(each_file_once),
	    cmocka_unit_test(order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
