#include "unit.h"

#include "base/mem.h"
#include "layer/entry.h"

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

static void shown_one(const char *path, size_t n, const char *want)
{
	struct err e = {0};
	CLEANUP_FREE char *text = mem_printf("entry \"%s\": it is bad", want);
	(void)err_set(&e, ERR_CORRUPT, "test-failure", "it is bad");
	assert_int_equal(layer_entry_wrap(path, n, &e), -ERR_CORRUPT);
	assert_string_equal(e.msg, text);
}

static void errors_show_the_end_of_a_path(void **state)
{
	char path[301] = "", cut[204] = "...";
	memset(path, 'a', 300);
	path[99] = 'B';
	path[100] = 'C';
	memcpy(cut + 3, path + 100, 200);
	cut[203] = '\0';
	shown_one("", 0, "");
	shown_one("etc/passwd", 10, "etc/passwd");
	shown_one("a\n\033[1m", 6, "a\\x0a\\x1b[1m");
	shown_one(path, 300, cut);
	path[200] = '\0';
	shown_one(path, 200, path);
}

static void an_error_has_one_entry(void **state)
{
	struct err e = {0};
	err_set(&e, ERR_CORRUPT, "test", "broken");
	assert_int_equal(layer_entry_wrap("a/b", 3, &e), -ERR_CORRUPT);
	assert_int_equal(layer_entry_wrap("a", 1, &e), -ERR_CORRUPT);
	assert_string_equal(e.msg, "entry \"a/b\": broken");
	assert_true(layer_entry_wrap("a", 1, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(xattrs_are_sorted_and_unique),
	    cmocka_unit_test(errors_show_the_end_of_a_path),
	    cmocka_unit_test(an_error_has_one_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
