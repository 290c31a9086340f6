#include "unit.h"

#include "test_store.h"

static void it_is_private(void **state)
{
	struct test_store t;
	test_store_init(&t);
	struct stat st;
	assert_int_equal(fstat(t.store.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fstat(t.run.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_true(exists(t.store.path, "layers"));
	assert_int_equal(t.store.path[0], '/');
	assert_int_equal(strlen(t.run.id), 16);
	assert_true(exists(t.run.path, "lock"));

	struct store s;
	struct err e = {0};
	assert_int_equal(fchmod(t.store.fd, 0770), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
	assert_non_null(strstr(e.msg, "other users may write to store"));
	assert_int_equal(fchmod(t.store.fd, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(fchown(t.store.fd, 1234, 0), 0);
		assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
		assert_non_null(
		    strstr(e.msg, privilege_is_full() ? "belongs to user 1234" : "belongs to another user"));
		assert_int_equal(fchown(t.store.fd, 0, 0), 0);
	}
	test_store_done(&t);
}

static void it_is_of_one_map_of_ids(void **state)
{
	struct test_store t;
	test_store_init(&t);
	struct store s;
	struct err e = {0};
	CLEANUP_BUF struct buf ids = {0};
	assert_int_equal(fd_read_file(t.store.fd, "ids", 4096, &ids, &e), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), 0);
	store_done(&s);
	buf_str(&ids, "0 1 1\n");
	assert_int_equal(fd_write_file_atomic(t.store.fd, "ids", ids.data, ids.len, 0600, &e), 0);
	assert_int_equal(store_open(t.store.path, &s, &e), -ERR_DENIED);
	assert_non_null(strstr(e.msg, "has files of other ids"));
	test_store_done(&t);
}

static void default_one(const char *xdg, const char *home, const char *want)
{
	struct store s;
	struct err e = {0};
	xdg ? setenv("XDG_CACHE_HOME", xdg, 1) : unsetenv("XDG_CACHE_HOME");
	home ? setenv("HOME", home, 1) : unsetenv("HOME");
	if (store_open(NULL, &s, &e) < 0)
		fail_msg("%s", e.msg);
	assert_string_equal(s.path, want);
	store_done(&s);
}

static void the_default_directory(void **state)
{
	char dir[] = "/var/tmp/slim-unit-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FREE char *xdg = mem_printf("%s/deep/xdg", dir), *home = mem_printf("%s/home", dir);
	CLEANUP_FREE char *in_xdg = mem_printf("%s/slim", xdg), *in_home = mem_printf("%s/.cache/slim", home);
	default_one(xdg, home, in_xdg);
	default_one("", home, in_home);
	default_one("relative", home, in_home);
	default_one(NULL, home, in_home);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_private),
	    cmocka_unit_test(it_is_of_one_map_of_ids),
	    cmocka_unit_test(the_default_directory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
