#include "unit.h"

#include "base/mem.h"
#include "packages/frame.h"

#define MAX 100000

static int read_text(const struct buf *packed, struct buf *out, struct err *err)
{
	*err = (struct err){0};
	return packages_frame_read(packed->data, packed->len, MAX, "the text", out, err);
}

static void any_size(void **state)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, MAX};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CLEANUP_BUF struct buf text = {0}, packed = {0}, again = {0}, out = {0};
		struct err err;
		for (size_t k = 0; k < sizes[i]; k++)
			buf_char(&text, (char)(k * k >> 8));
		packages_frame_write(text.data, text.len, &packed);
		packages_frame_write(text.data, text.len, &again);
		assert_int_equal(packed.len, again.len);
		assert_memory_equal(packed.data, again.data, again.len);
		buf_str(&out, "before");
		assert_int_equal(read_text(&packed, &out, &err), 0);
		assert_int_equal(out.len, strlen("before") + sizes[i]);
		assert_memory_equal(out.data, "before", strlen("before"));
		if (sizes[i])
			assert_memory_equal(out.data + strlen("before"), text.data, text.len);
		assert_int_equal(out.data[out.len], '\0');
	}
}

static void several_frames(void **state)
{
	CLEANUP_BUF struct buf packed = {0}, out = {0};
	struct err err;
	packages_frame_write("one ", 4, &packed);
	packages_frame_write("", 0, &packed);
	buf_append(&packed, "\x50\x2a\x4d\x18\x02\0\0\0xx", 10); /* a frame to skip */
	packages_frame_write("two", 3, &packed);
	assert_int_equal(read_text(&packed, &out, &err), 0);
	assert_string_equal(out.data, "one two");
}

static void too_large(void **state)
{
	CLEANUP_BUF struct buf packed = {0}, out = {0};
	CLEANUP_FREE char *zeros = mem_alloc(MAX + 1);
	struct err err;
	packages_frame_write(zeros, MAX + 1, &packed);
	assert_true(packed.len < 100);
	assert_int_equal(read_text(&packed, &out, &err), -ERR_LIMIT);
	assert_non_null(strstr(err.msg, "the text"));
	assert_int_equal(out.len, 0);
}

/* A window of 256 MiB. */
static void window(void **state)
{
	CLEANUP_BUF struct buf packed = {0}, out = {0};
	struct err err;
	buf_append(&packed, "\x28\xb5\x2f\xfd\x00\x90\x01\0\0", 9);
	assert_int_equal(read_text(&packed, &out, &err), -ERR_LIMIT);
	packed.data[5] = '\x88'; /* 128 MiB */
	assert_int_equal(read_text(&packed, &out, &err), 0);
}

static void broken(void **state)
{
	CLEANUP_BUF struct buf packed = {0};
	struct err err;
	packages_frame_write("some text that is long enough", 29, &packed);
	for (size_t n = 0; n < packed.len; n++) { /* cut anywhere */
		CLEANUP_BUF struct buf cut = {0}, out = {0};
		buf_append(&cut, packed.data, n);
		assert_int_equal(read_text(&cut, &out, &err), -ERR_CORRUPT);
		assert_int_equal(out.len, 0);
	}
	CLEANUP_BUF struct buf out = {0};
	packed.data[packed.len - 1] ^= 1; /* of the checksum */
	assert_int_equal(read_text(&packed, &out, &err), -ERR_CORRUPT);
	buf_append(&packed, "x", 1);
	assert_int_equal(read_text(&packed, &out, &err), -ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_size), cmocka_unit_test(several_frames), cmocka_unit_test(too_large),
	    cmocka_unit_test(window),   cmocka_unit_test(broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
