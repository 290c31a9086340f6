#include "unit.h"

#include <errno.h>
#include <sched.h>

#include "base/stop.h"
#include "layer/codec.h"
#include "support.h"

#define SIZE (((size_t)5 << 20) + 4321)

static char *text;

static int make_text(void **state)
{
	text = mem_alloc(SIZE);
	uint32_t x = 7;
	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1103515245 + 12345;
		text[i] = i >> 20 & 1 ? (char)(x >> 24) : "etaoin shrdlu\n01"[x >> 28];
	}
	return 0;
}

static int free_text(void **state)
{
	free(text);
	return 0;
}

static void encode_in_steps(enum oci_compression c, size_t step, struct buf *out)
{
	struct err err = {0};
	struct layer_digests d;
	CLEANUP_FD int fd = temp_file();
	struct layer_encoder *e = layer_encoder_new(fd, c, 1);
	for (size_t i = 0; i < SIZE; i += step)
		assert_ok(layer_encoder_write(e, text + i, SIZE - i < step ? SIZE - i : step, &err), &err);
	assert_ok(layer_encoder_finish(e, &d, &err), &err);
	layer_encoder_free(e);
	slurp(fd, out);
}

static void assert_same(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
}

static void steps_do_not_matter(void **state)
{
	static const size_t steps[] = {SIZE, 512, 100003, 1 << 20, 3 << 20};
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_BUF struct buf first = {0};
		encode_in_steps(c, steps[0], &first);
		for (size_t i = 1; i < sizeof(steps) / sizeof(steps[0]); i++) {
			CLEANUP_BUF struct buf b = {0};
			encode_in_steps(c, steps[i], &b);
			assert_same(&first, &b);
		}
	}
}

static void cpus_do_not_matter(void **state)
{
	cpu_set_t all, one;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	CPU_ZERO(&one);
	for (int i = 0; CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	for (int c = OCI_COMPRESSION_GZIP; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_BUF struct buf many = {0}, single = {0};
		encode_in_steps(c, SIZE, &many);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		encode_in_steps(c, SIZE, &single);
		assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
		assert_same(&many, &single);
	}
}

/* Sizes around the ends of blocks; nothing at all is a valid stream too. */
static void any_size_comes_back(void **state)
{
	static const size_t sizes[] = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, SIZE};
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			CLEANUP_BUF struct buf blob = {0}, out = {0};
			struct layer_digests d;
			struct err err = {0};
			encode(text, sizes[i], c, 0, &blob);
			assert_true(blob.len || c == OCI_COMPRESSION_NONE);
			assert_ok(decode(buf_source(&blob), 1 << 18, &out, &d, &err), &err);
			assert_int_equal(out.len, sizes[i]);
			if (out.len)
				assert_memory_equal(out.data, text, out.len);
		}
	}
}

/* What depends on the machine or the time is fixed (RFC 1952: MTIME, OS), zstd frames have a checksum. */
static void headers_are_fixed(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	encode(text, 100, OCI_COMPRESSION_GZIP, 6, &b);
	assert_memory_equal(b.data, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	encode(text, 100, OCI_COMPRESSION_ZSTD, 0, &b);
	assert_memory_equal(b.data, "\x28\xb5\x2f\xfd", 4);
	assert_true(b.data[4] & 4);
}

static void levels_are_checked(void **state)
{
	static const struct {
		enum oci_compression c;
		int level;
		bool ok;
	} cases[] = {
	    {OCI_COMPRESSION_GZIP, 1, true},   {OCI_COMPRESSION_GZIP, 12, true}, {OCI_COMPRESSION_GZIP, 13, false},
	    {OCI_COMPRESSION_GZIP, -1, false}, {OCI_COMPRESSION_ZSTD, 19, true}, {OCI_COMPRESSION_ZSTD, 20, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};
		CLEANUP_FD int fd = temp_file();
		struct layer_encoder *e = layer_encoder_new(fd, cases[i].c, cases[i].level);
		int r = layer_encoder_write(e, text, 10, &err);
		assert_int_equal(r, cases[i].ok ? 0 : -ERR_INVAL);
		struct layer_digests d;
		assert_int_equal(layer_encoder_finish(e, &d, &err), r);
		layer_encoder_free(e);
	}
}

/* A full disk: the error is given once more by every call, the threads end. */
static void write_errors_are_kept(void **state)
{
	CLEANUP_FD int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		skip();
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		struct layer_encoder *e = layer_encoder_new(fd, c, 1);
		struct err err = {0};
		struct layer_digests d;
		int r = 0;
		for (int i = 0; i < 5 && r == 0; i++)
			r = layer_encoder_write(e, text, SIZE, &err);
		assert_int_equal(r, -ERR_SYS);
		assert_int_equal(layer_encoder_finish(e, &d, &err), -ERR_SYS);
		assert_int_equal(err.sys, ENOSPC);
		layer_encoder_free(e);
	}
}

/* Given up with blocks on their way. */
static void may_be_freed_at_any_time(void **state)
{
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_FD int fd = temp_file();
		struct err err = {0};
		layer_encoder_free(layer_encoder_new(fd, c, 0));
		struct layer_encoder *e = layer_encoder_new(fd, c, 0);
		assert_ok(layer_encoder_write(e, text, SIZE / 2, &err), &err);
		layer_encoder_free(e);
	}
	layer_encoder_free(NULL);
}

/* In the middle, with blocks on their way. */
static void the_user_may_stop_it(void **state)
{
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_FD int fd = temp_file();
		struct err err = {0};
		struct layer_encoder *e = layer_encoder_new(fd, c, 0);
		assert_ok(layer_encoder_write(e, text, SIZE / 2, &err), &err);
		stop_request();
		assert_int_equal(layer_encoder_write(e, text, 1, &err), -ERR_CANCELLED);
		layer_encoder_free(e);
		stop_forget();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steps_do_not_matter),      cmocka_unit_test(cpus_do_not_matter),
	    cmocka_unit_test(any_size_comes_back),      cmocka_unit_test(headers_are_fixed),
	    cmocka_unit_test(levels_are_checked),       cmocka_unit_test(write_errors_are_kept),
	    cmocka_unit_test(may_be_freed_at_any_time), cmocka_unit_test(the_user_may_stop_it),
	};
	return cmocka_run_group_tests(tests, make_text, free_text);
}
