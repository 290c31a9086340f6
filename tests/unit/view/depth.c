#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "view/depth.h"

static void takes_long_and_many_paths(void **state)
{
	struct view_depth d = {0};
	CLEANUP_BUF struct buf path = {0};
	assert_int_equal(view_depth_add(&d, "/", NULL), 0);
	for (int i = 0; i < 1000; i++)
		buf_str(&path, "/a");
	for (int i = 0; i < 100000; i++) /* of one directory */
		assert_int_equal(view_depth_add(&d, path.data, NULL), 0);
	assert_true(d.bytes < 1100000);
	assert_int_equal(view_depth_add(&d, "relative", NULL), 0);
	assert_int_equal(view_depth_add(&d, "", NULL), 0);
}

static void refuses_a_path_that_is_too_long(void **state)
{
	struct err err = {0};
	struct view_depth d = {0};
	CLEANUP_BUF struct buf path = {0};
	buf_char(&path, '/');
	while (path.len < 4 * LIMIT_PATH)
		buf_char(&path, 'a');
	assert_int_equal(view_depth_add(&d, path.data, &err), 0);
	buf_char(&path, 'a');
	assert_int_equal(view_depth_add(&d, path.data, &err), -ERR_LIMIT);
	assert_string_equal(err.id, "paths-too-deep");
}

/* Each has about a thousand directories of its own, whose names are a megabyte. */
static void refuses_too_many_directories(void **state)
{
	struct view_depth d = {0};
	struct buf paths[2] = {{0}}; /* the last one is still read */
	int i = 0, r = 0;
	for (; r == 0 && i < 1000; i++) {
		struct buf *path = &paths[i % 2];
		path->len = 0;
		buf_printf(path, "/%d", i);
		while (path->len < 2048)
			buf_str(path, "/a");
		r = view_depth_add(&d, path->data, NULL);
	}
	assert_int_equal(r, -ERR_LIMIT);
	assert_in_range(i, 200, 300);
	buf_done(&paths[0]);
	buf_done(&paths[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_long_and_many_paths),
	    cmocka_unit_test(refuses_a_path_that_is_too_long),
	    cmocka_unit_test(refuses_too_many_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
