#include "unit.h"

#include "formats/tar.h"

static void numbers(void **state)
{
	static const struct {
		int64_t value;
		size_t size;
		const char *want;
		bool fits;
	} cases[] = {
	    {0, 8, "0000000", true},
	    {0644, 8, "0000644", true},
	    {07777777, 8, "7777777", true},
	    {010000000, 8, "0000000", false},
	    {-1, 12, "00000000000", false},
	    {077777777777, 12, "77777777777", true},
	    {0100000000000, 12, "00000000000", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char field[13] = "xxxxxxxxxxxx";
		assert_int_equal(tar_put_octal(field, cases[i].size, cases[i].value), cases[i].fits);
		assert_string_equal(field, cases[i].want); /* with its NUL */
		if (cases[i].fits)
			assert_int_equal(tar_octal(field, cases[i].size), cases[i].value);
	}
	assert_int_equal(tar_octal("  17 7", 6), 017);
	assert_int_equal(tar_octal("179", 3), 017);
	assert_int_equal(tar_octal("1777", 2), 017);
	assert_int_equal(tar_octal("\0"
				   "17",
				   3),
			 0);
}

static void a_sealed_header_has_its_checksum(void **state)
{
	struct tar_ustar h = {.name = "caf\xc3\xa9", .type = '0'};
	assert_false(tar_is_header(&h));
	tar_seal(&h);
	assert_memory_equal(h.magic,
			    "ustar\0"
			    "00",
			    8);
	assert_memory_equal(h.sum, "003125\0 ", 8);
	assert_true(tar_is_header(&h));
	memcpy(h.sum, "  3125 ", 8); /* as other writers have it */
	assert_true(tar_is_header(&h));
	h.name[0]++;
	assert_false(tar_is_header(&h));
}

static void compressions(void **state)
{
	static const struct {
		const char *head;
		size_t n;
		enum tar_compression want;
	} cases[] = {
	    {"\x1f\x8b\x08\0", 4, TAR_GZIP},
	    {"\x1f\x8b", 2, TAR_GZIP},
	    {"\x1f", 1, TAR_PLAIN},
	    {"\x28\xb5\x2f\xfd", 4, TAR_ZSTD},
	    {"\x28\xb5\x2f", 3, TAR_PLAIN},
	    {"\x50\x2a\x4d\x18", 4, TAR_ZSTD},
	    {"\x5f\x2a\x4d\x18", 4, TAR_ZSTD},
	    {"\x60\x2a\x4d\x18", 4, TAR_PLAIN},
	    {"\x50\x2a\x4d", 3, TAR_PLAIN},
	    {"\xfd"
	     "7zXZ\0",
	     6, TAR_XZ},
	    {"BZh9", 4, TAR_BZIP2},
	    {"etc/passwd", 10, TAR_PLAIN},
	    {"", 0, TAR_PLAIN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (tar_compression_of(cases[i].head, cases[i].n) != cases[i].want)
			fail_msg("case %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(a_sealed_header_has_its_checksum),
	    cmocka_unit_test(compressions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
