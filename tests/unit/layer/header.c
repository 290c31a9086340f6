#include "unit.h"

#include "layer/header.h"
#include "support.h"

static void times_before_1970(void **state)
{
	static const struct {
		const char *text;
		bool has;
		long long sec;
		long nsec;
	} cases[] = {
	    {"1.5", false, 0, 0},
	    {"-1", true, -1, 0},
	    {"-1.5", true, -2, 500000000},
	    {"-0.25", true, -1, 750000000},
	    {"-0", true, 0, 0},
	    {"-1.0000000019", true, -2, 999999999},
	    {"-x", false, 0, 0},
	    {"", false, 0, 0},
	    {"-99999999999999999999", false, 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b = {0}, records = {0};
		struct layer_header h;
		struct err err = {0};
		put_record(&records, "mtime", cases[i].text, strlen(cases[i].text));
		put_pax(&b, &records);
		put_header(&b, '0', "file", "", 0);
		assert_ok(layer_header_check(b.data, b.len, &h, &err), &err);
		assert_int_equal(h.has_mtime, cases[i].has);
		assert_int_equal(h.mtime.tv_sec, cases[i].sec);
		assert_int_equal(h.mtime.tv_nsec, cases[i].nsec);
	}
}

static int check_records(const void *records, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	struct layer_header h;
	put_header(&b, 'x', "PaxHeaders/x", "", n);
	put_body(&b, records, n);
	put_header(&b, '0', "file", "", 0);
	return layer_header_check(b.data, b.len, &h, NULL);
}

static void records_are_checked(void **state)
{
#define CASE(s, r)                                                                                                     \
	{                                                                                                              \
		s, sizeof(s) - 1, r                                                                                    \
	}
	static const struct {
		const char *s;
		size_t n;
		int r;
	} cases[] = {
	    CASE("", 0),
	    CASE("10 path=ab\n", -ERR_CORRUPT), /* one short */
	    CASE("11 path=ab\n", 0),
	    CASE("12 path=ab\n", -ERR_CORRUPT),
	    CASE("11 path=ab\n\0\0\0", 0),
	    CASE("11 path=a\0\n", -ERR_CORRUPT),
	    CASE("15 linkpath=\0\0\n", -ERR_CORRUPT),
	    CASE("21 SCHILY.xattr.u=\0\0\n", 0),
	    CASE("11 k\0y=abc\n", -ERR_CORRUPT),
	    CASE("8 =abcd\n", -ERR_CORRUPT),
	    CASE("8 abcde\n", -ERR_CORRUPT),
	    CASE("path=ab\n", -ERR_CORRUPT),
	    CASE("99999999999999999999 path=ab\n", -ERR_CORRUPT),
	    CASE("-11 path=ab\n", -ERR_CORRUPT),
	    CASE("11", -ERR_CORRUPT),
	    CASE("0 \n", -ERR_CORRUPT),
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (check_records(cases[i].s, cases[i].n) != cases[i].r)
			fail_msg("%s", cases[i].s);
}

static void cut_headers_are_no_trouble(void **state)
{
	CLEANUP_BUF struct buf b = {0}, records = {0};
	struct layer_header h;
	put_record(&records, "path", "some name", 9);
	put_pax(&b, &records);
	put_header(&b, 'L', "././@LongLink", "", 4);
	put_body(&b, "long", 4);
	put_header(&b, '0', "file", "", 0);
	for (size_t n = 0; n <= b.len; n++) {
		CLEANUP_FREE char *copy = mem_dup(b.data, n); /* its exact size */
		CLEANUP_BUF struct buf name = {0};
		int r = layer_header_check(copy, n, &h, NULL); /* it stays within, that is all */
		assert_true(r == 0 || r == -ERR_CORRUPT);
		layer_header_name(copy, n, &name);
	}
}

static void names_for_messages(void **state)
{
	CLEANUP_BUF struct buf b = {0}, records = {0}, name = {0};
	put_header(&b, '0', "plain", "", 0);
	layer_header_name(b.data, b.len, &name);
	assert_string_equal(name.data, "plain");
	name.len = b.len = 0;
	put_record(&records, "path", "from pax", 8);
	put_pax(&b, &records);
	put_header(&b, '0', "plain", "", 0);
	layer_header_name(b.data, b.len, &name);
	assert_string_equal(name.data, "from pax");
	name.len = 0;
	b.data[3] ^= 1; /* the checksum is wrong: no header at all */
	layer_header_name(b.data, b.len, &name);
	assert_int_equal(name.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_before_1970),
	    cmocka_unit_test(records_are_checked),
	    cmocka_unit_test(cut_headers_are_no_trouble),
	    cmocka_unit_test(names_for_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
