#include "unit.h"

#include "store/config_store.h"
#include "test_store.h"

static void keep(const struct test_store *t, const char *text, const char *reference)
{
	CLEANUP_BUF struct buf b = {0};
	struct oci_digest d;
	buf_str(&b, text);
	oci_digest_of(b.data, b.len, &d);
	store_config_keep(&t->store, &d, &b, reference);
}

/* Writes "TEXT=REFERENCE " */
static void each(void *ctx, const struct oci_digest *digest, const struct buf *bytes, const char *reference)
{
	struct oci_digest real;
	oci_digest_of(bytes->data, bytes->len, &real);
	assert_string_equal(digest->text, real.text);
	buf_printf(ctx, "%s=%s ", bytes->data, reference ? reference : "-");
}

static void reads(const struct test_store *t, const char *text, const char *want)
{
	CLEANUP_BUF struct buf seen = {0};
	buf_str(&seen, "");
	CLEANUP_FD int store = store_open_to_read(t->store.path, NULL);
	assert_true(store >= 0);
	store_configs_read(store, text, each, &seen);
	assert_string_equal(seen.data, want);
}

static void references_go_with_configs(void **state)
{
	struct test_store t;
	test_store_init(&t);
	reads(&t, "a", ""); /* there is no such directory yet */
	keep(&t, "ab", NULL);
	reads(&t, "a", "ab=- ");
	keep(&t, "ab", "docker://one:1");
	reads(&t, "a", "ab=docker://one:1 ");
	keep(&t, "ab", NULL); /* whoever does not know it leaves it */
	reads(&t, "a", "ab=docker://one:1 ");
	keep(&t, "ab", "docker://two:2");
	keep(&t, "b", "docker://b:1");
	reads(&t, "a", "ab=docker://two:2 ");
	reads(&t, "c", "");
	test_store_done(&t);
}

static void what_is_no_config_is_passed_over(void **state)
{
	struct test_store t;
	struct oci_digest d;
	test_store_init(&t);
	keep(&t, "a", NULL);
	oci_digest_of("other", 5, &d);
	CLEANUP_FREE char *damaged = mem_printf("configs/%s", oci_digest_hex(&d)),
			  *odd = mem_printf("configs/%064d", 0);
	odd[8 + 63] = 'x';
	assert_int_equal(fd_write_file_atomic(t.store.fd, damaged, "a", 1, 0600, NULL), 0);
	assert_int_equal(fd_write_file_atomic(t.store.fd, odd, "a", 1, 0600, NULL), 0);
	assert_int_equal(fd_write_file_atomic(t.store.fd, "configs/notes", "a", 1, 0600, NULL), 0);
	reads(&t, "a", "a=- ");
	test_store_done(&t);
}

static void reading_makes_no_store(void **state)
{
	struct test_store t;
	struct err e = {0};
	test_store_init(&t);
	CLEANUP_FREE char *path = mem_printf("%s/none", t.dir);
	assert_int_equal(store_open_to_read(path, &e), -ERR_NOTFOUND);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(chmod(t.store.path, 0777), 0); /* anybody could have written it */
	assert_int_equal(store_open_to_read(t.store.path, &e), -ERR_DENIED);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(references_go_with_configs),
	    cmocka_unit_test(what_is_no_config_is_passed_over),
	    cmocka_unit_test(reading_makes_no_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
