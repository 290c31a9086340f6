#include "unit.h"

#include "text/base64.h"

static void check(const char *plain, const char *text)
{
	CLEANUP_BUF struct buf a = {0}, b = {0};
	base64_encode(plain, strlen(plain), &a);
	assert_int_equal(a.len, strlen(text));
	assert_memory_equal(a.data ? a.data : "", text, a.len);
	assert_int_equal(base64_decode(text, strlen(text), &b), 0);
	assert_int_equal(b.len, strlen(plain));
	assert_memory_equal(b.data, plain, b.len);
}

/* RFC 4648, 10. */
static void there_and_back(void **state)
{
	check("", "");
	check("f", "Zg==");
	check("fo", "Zm8=");
	check("foo", "Zm9v");
	check("foob", "Zm9vYg==");
	check("fooba", "Zm9vYmE=");
	check("foobar", "Zm9vYmFy");
	check("\xff\xfe\xfb\xff", "//77/w==");
}

static void line_breaks_are_skipped(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(base64_decode("Zm9v\r\nYm\nFy\n", 12, &b), 0);
	assert_string_equal(b.data, "foobar");
}

static void what_is_none_is_refused(void **state)
{
	static const char *const cases[] = {"Z",    "Zg",    "Zg=",      "Zm8",  "====",   "Z===", "Zg==Zg==",
					    "Zg=v", "Zg== ", "Zm9v\xff", "Z-_v", "Zg==\t", "=Zg=", "Zg==="};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_BUF struct buf b = {0};
		if (base64_decode(cases[i], strlen(cases[i]), &b) != -ERR_CORRUPT)
			fail_msg("%s", cases[i]);
	}
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(base64_decode("Zm\0v", 4, &b), -ERR_CORRUPT);
}

/* More than libcrypto is given at once. */
static void large_ones_are_whole(void **state)
{
	CLEANUP_BUF struct buf plain = {0}, a = {0}, b = {0};
	for (size_t i = 0; i < (7u << 20) + 1; i++)
		buf_char(&plain, (char)(i % 251));
	base64_encode(plain.data, plain.len, &a);
	assert_int_equal(a.len, (plain.len + 2) / 3 * 4);
	assert_int_equal(base64_decode(a.data, a.len, &b), 0);
	assert_int_equal(b.len, plain.len);
	assert_memory_equal(b.data, plain.data, b.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(line_breaks_are_skipped),
	    cmocka_unit_test(large_ones_are_whole),
	    cmocka_unit_test(what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
