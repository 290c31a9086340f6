#include "unit.h"

#include "layer/entry.h"
#include "base/mem.h"

static void xattrs_are_sorted_and_unique(void **state)
{
	struct layer_entry e = {.path = mem_strdup("x")};
	layer_entry_add_xattr(&e, "user.b", "1", 1);
	layer_entry_add_xattr(&e, "user.a", "2", 1);
	layer_entry_add_xattr(&e, "user.c", "", 0);
	layer_entry_add_xattr(&e, "user.b", "a\0b", 3);
	assert_int_equal(e.n_xattrs, 3);
	assert_string_equal(e.xattrs[0].name, "user.a");
	assert_string_equal(e.xattrs[1].name, "user.b");
	assert_string_equal(e.xattrs[2].name, "user.c");
	assert_int_equal(e.xattrs[1].len, 3);
	assert_memory_equal(e.xattrs[1].value, "a\0b", 3);
	assert_int_equal(e.xattrs[2].len, 0);
	layer_entry_done(&e);
	assert_null(e.path);
	layer_entry_done(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(xattrs_are_sorted_and_unique),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
