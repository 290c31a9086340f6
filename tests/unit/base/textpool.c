#include "unit.h"

#include <malloc.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/textpool.h"

#define COUNT 10000

static void strings_never_move(void **state)
{
	CLEANUP_TEXTPOOL struct textpool p = {0};
	const char *texts[COUNT];
	for (int i = 0; i < COUNT; i++) {
		CLEANUP_FREE char *s = mem_printf("%0*d", i % 300, i);
		texts[i] = textpool_add(&p, s, strlen(s));
	}
	for (int i = 0; i < COUNT; i++) {
		CLEANUP_FREE char *s = mem_printf("%0*d", i % 300, i);
		assert_string_equal(texts[i], s);
	}
}

static void any_byte_and_any_length(void **state)
{
	CLEANUP_TEXTPOOL struct textpool p = {0};
	CLEANUP_BUF struct buf large = {0};
	for (int i = 0; i < 1 << 20; i++)
		buf_char(&large, 'x');
	const char *empty = textpool_add(&p, "", 0), *nul = textpool_add(&p, "a\0b", 3);
	const char *long_one = textpool_add(&p, large.data, large.len), *after = textpool_add(&p, "after", 5);
	assert_string_equal(empty, "");
	assert_memory_equal(nul, "a\0b", 4);
	assert_string_equal(long_one, large.data);
	assert_string_equal(after, "after");
}

/* malloc alone takes 32 bytes for such a string. */
static void a_string_takes_its_bytes(void **state)
{
	CLEANUP_TEXTPOOL struct textpool p = {0};
	size_t before = mallinfo2().uordblks;
	for (int i = 0; i < COUNT; i++)
		(void)textpool_add(&p, "/data/000", 9);
	size_t taken = mallinfo2().uordblks - before;
	assert_true(taken < COUNT * 10 + (COUNT * 10) / 4 + 65536);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings_never_move),
	    cmocka_unit_test(any_byte_and_any_length),
	    cmocka_unit_test(a_string_takes_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
