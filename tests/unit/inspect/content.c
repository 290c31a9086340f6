#include "unit.h"

#include "inspect/content.h"

struct piece {
	uint64_t offset;
	const char *text;
};

static void digest(const struct piece *pieces, uint8_t out[SHA256_SIZE])
{
	struct inspect_content c = {0};
	for (; pieces->text; pieces++)
		inspect_content_add(&c, pieces->offset, pieces->text, strlen(pieces->text));
	inspect_content_end(&c, out);
	inspect_content_done(&c);
}

static void same_if_the_bytes_are(void **state)
{
	static const struct piece whole[] = {{10, "abcdef"}, {1ull << 40, "end"}, {0, NULL}};
	static const struct piece parts[] = {
	    {10, "ab"}, {12, "cdef"}, {1ull << 40, "en"}, {(1ull << 40) + 2, "d"}, {0, NULL}};
	static const struct piece others[][3] = {
	    {{10, "abcdef"}, {0, NULL}},
	    {{11, "abcdef"}, {1ull << 40, "end"}, {0, NULL}},
	    {{10, "abcdeg"}, {1ull << 40, "end"}, {0, NULL}},
	    {{10, "abcdef"}, {(1ull << 40) + INSPECT_CONTENT_BLOCK, "end"}, {0, NULL}},
	};
	uint8_t a[SHA256_SIZE], b[SHA256_SIZE];
	digest(whole, a);
	digest(parts, b);
	assert_memory_equal(a, b, SHA256_SIZE);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		digest(others[i], b);
		assert_memory_not_equal(a, b, SHA256_SIZE);
	}
}

static void written_zeros_count_as_gaps(void **state)
{
	static const char zeros[3 * INSPECT_CONTENT_BLOCK];
	struct inspect_content c = {0};
	uint8_t written[SHA256_SIZE], gap[SHA256_SIZE];
	inspect_content_add(&c, 0, "x", 1);
	inspect_content_add(&c, 1, zeros, sizeof(zeros));
	inspect_content_add(&c, 1 + sizeof(zeros), "y", 1);
	inspect_content_add(&c, 2 + sizeof(zeros), zeros, sizeof(zeros));
	inspect_content_end(&c, written);
	inspect_content_add(&c, 0, "x", 1);
	inspect_content_add(&c, 1 + sizeof(zeros), "y", 1);
	inspect_content_end(&c, gap);
	assert_memory_equal(written, gap, SHA256_SIZE);
	inspect_content_done(&c);
}

static void a_file_begins_anew(void **state)
{
	struct inspect_content c = {0};
	uint8_t first[SHA256_SIZE], second[SHA256_SIZE];
	inspect_content_add(&c, 0, "left over", 9);
	inspect_content_end(&c, first);
	inspect_content_end(&c, second);
	assert_memory_not_equal(first, second, SHA256_SIZE);
	inspect_content_end(&c, first);
	assert_memory_equal(first, second, SHA256_SIZE);
	inspect_content_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_if_the_bytes_are),
	    cmocka_unit_test(written_zeros_count_as_gaps),
	    cmocka_unit_test(a_file_begins_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
