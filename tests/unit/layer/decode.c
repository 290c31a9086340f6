#include "unit.h"

#include <libdeflate.h>

#include "base/limits.h"
#include "base/stop.h"
#include "layer/codec.h"
#include "support.h"

#define SIZE ((size_t)3 << 20)

static char *text; /* SIZE bytes that compress somewhat */

static int make_text(void **state)
{
	text = mem_alloc(SIZE);
	uint32_t x = 1;
	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1103515245 + 12345;
		text[i] = "etaoin shrdlu\n01"[x >> 28];
	}
	return 0;
}

static int free_text(void **state)
{
	free(text);
	return 0;
}

static void decodes_to(const struct buf *blob, size_t source_step, size_t read_step, const void *want, size_t n)
{
	CLEANUP_BUF struct buf out = {0};
	struct layer_digests d;
	struct err err = {0};
	assert_ok(decode(memory_source(blob->data, blob->len, source_step), read_step, &out, &d, &err), &err);
	assert_int_equal(out.len, n);
	if (n)
		assert_memory_equal(out.data, want, n);
	struct oci_digest digest;
	oci_digest_of(blob->data, blob->len, &digest);
	assert_string_equal(d.blob.text, digest.text);
	oci_digest_of(want, n, &digest);
	assert_string_equal(d.diff_id.text, digest.text);
	assert_int_equal(d.blob_size, blob->len);
	assert_int_equal(d.tar_size, n);
}

static void is_refused(const struct buf *blob, enum err_code code, const char *words)
{
	CLEANUP_BUF struct buf out = {0};
	struct layer_digests d;
	struct err err = {0};
	assert_int_equal(decode(buf_source(blob), 1 << 16, &out, &d, &err), -(int)code);
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, words))
		fail_msg("\"%s\" says nothing of \"%s\"", err.msg, words);
}

/* One gzip member, without an encoder's threads and files. */
static void put_member(struct libdeflate_compressor *c, const void *data, size_t n, struct buf *out)
{
	size_t bound = libdeflate_gzip_compress_bound(c, n);
	buf_reserve(out, bound);
	out->len += libdeflate_gzip_compress(c, data, n, out->data + out->len, bound);
}

static void any_step_gives_the_same(void **state)
{
	static const size_t steps[] = {7, 511, 4096, 1 << 18, SIZE_MAX};
	for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_BUF struct buf blob = {0};
		encode(text, SIZE, c, 0, &blob);
		for (size_t i = 0; i < 5; i++)
			decodes_to(&blob, steps[i],
				   i == 4                ? 7777777
				   : steps[4 - i] < SIZE ? steps[4 - i]
							 : 12345,
				   text, SIZE);
	}
}

static void empty_is_plain(void **state)
{
	CLEANUP_BUF struct buf none = {0};
	decodes_to(&none, 1, 16, "", 0);
}

/* Members of many sizes: headers and trailers cross the decoder's input blocks at every offset. */
static void gzip_members_follow_each_other(void **state)
{
	CLEANUP_BUF struct buf blob = {0};
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	size_t done = 0;
	for (size_t n = 1; done + n < SIZE; done += n, n = n * 5 % 1021 + 1) {
		put_member(c, text + done, n, &blob);
	}
	libdeflate_free_compressor(c);
	assert_true(blob.len > 3 * (256 << 10));
	for (size_t step = 60000; step < 60004; step++)
		decodes_to(&blob, step, step, text, done);
}

/* All optional fields of RFC 1952, behind a member that ends near the end of an input block. */
static void gzip_header_fields_are_skipped(void **state)
{
	static const char fields[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\x03\x03\0xyzname\0comment\0\x12\x34";
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	for (size_t before = 0; before < 3; before++) {
		CLEANUP_BUF struct buf blob = {0}, one = {0}, want = {0};
		for (size_t i = 0; before && blob.len < (256 << 10) - 10 * before; i += 100) {
			put_member(c, text + i, 100, &blob);
			buf_append(&want, text + i, 100);
		}
		encode("hello", 5, OCI_COMPRESSION_GZIP, 6, &one);
		buf_append(&blob, fields, sizeof(fields) - 1);
		buf_append(&blob, one.data + 10, one.len - 10);
		buf_append(&want, "hello", 5);
		decodes_to(&blob, SIZE_MAX, 1 << 16, want.data, want.len);
	}
	libdeflate_free_compressor(c);
}

static void gzip_may_end_in_zeros(void **state)
{
	CLEANUP_BUF struct buf blob = {0};
	encode(text, 1000, OCI_COMPRESSION_GZIP, 0, &blob);
	for (int i = 0; i < 600000; i++)
		buf_char(&blob, '\0');
	decodes_to(&blob, SIZE_MAX, 1 << 16, text, 1000);
	buf_char(&blob, '\x1f');
	is_refused(&blob, ERR_CORRUPT, "follow the end");
}

static void broken_gzip_is_refused(void **state)
{
	CLEANUP_BUF struct buf whole = {0}, cut = {0};
	encode(text, 200000, OCI_COMPRESSION_GZIP, 6, &whole);
	for (size_t n = 2; n < whole.len; n += n < 24 || n > whole.len - 12 ? 1 : 4999) {
		cut.len = 0;
		buf_append(&cut, whole.data, n);
		is_refused(&cut, ERR_CORRUPT, "truncated");
	}
	for (size_t at = whole.len - 8; at < whole.len; at++) { /* CRC, then size */
		whole.data[at] ^= 1;
		is_refused(&whole, ERR_CORRUPT, "checksum");
		whole.data[at] ^= 1;
	}
	whole.data[10] = 7; /* a block of the reserved type */
	is_refused(&whole, ERR_CORRUPT, "broken gzip");
	cut.len = 0;
	encode(text, 100, OCI_COMPRESSION_GZIP, 6, &cut);
	buf_str(&cut, "more than ten bytes of garbage");
	is_refused(&cut, ERR_CORRUPT, "not a gzip member");
}

static void zstd_frames_follow_each_other(void **state)
{
	static const char skippable[] = "\x53\x2a\x4d\x18\x05\0\0\0hello";
	CLEANUP_BUF struct buf blob = {0}, one = {0};
	buf_append(&blob, skippable, sizeof(skippable) - 1);
	for (size_t i = 0; i < 1000000; i += 100000) {
		encode(text + i, 100000, OCI_COMPRESSION_ZSTD, 1, &one);
		buf_append(&blob, one.data, one.len);
		buf_append(&blob, skippable, sizeof(skippable) - 1);
	}
	decodes_to(&blob, SIZE_MAX, 1 << 16, text, 1000000);
	decodes_to(&blob, 13, 1000, text, 1000000);
}

static void broken_zstd_is_refused(void **state)
{
	CLEANUP_BUF struct buf whole = {0}, cut = {0};
	encode(text, 200000, OCI_COMPRESSION_ZSTD, 3, &whole);
	for (size_t n = 4; n < whole.len; n += n < 24 || n > whole.len - 12 ? 1 : 4999) {
		cut.len = 0;
		buf_append(&cut, whole.data, n);
		is_refused(&cut, ERR_CORRUPT, "truncated");
	}
	whole.data[whole.len - 1] ^= 1;
	is_refused(&whole, ERR_CORRUPT, "zstd");
	whole.data[whole.len - 1] ^= 1;
	buf_str(&whole, "garbage");
	is_refused(&whole, ERR_CORRUPT, "zstd");
}

static void zstd_window_is_bounded(void **state)
{
	/* magic, descriptor without a single segment, window of 1 GiB, one raw last block of one byte */
	CLEANUP_BUF struct buf blob = {0};
	buf_append(&blob, "\x28\xb5\x2f\xfd\x00\xa0\x09\x00\x00x", 10);
	is_refused(&blob, ERR_LIMIT, "window");
}

static void bombs_are_refused(void **state)
{
	size_t n = (size_t)200 << 20;
	char *zeros = mem_alloc(n);
	CLEANUP_BUF struct buf blob = {0}, out = {0};
	struct layer_digests d;
	struct err err = {0};
	encode(zeros, n, OCI_COMPRESSION_ZSTD, 1, &blob);
	assert_true(blob.len < n / LIMIT_LAYER_RATIO);
	assert_int_equal(decode(buf_source(&blob), 1 << 18, &out, &d, &err), -ERR_LIMIT);
	assert_non_null(strstr(err.msg, "times its size"));
	assert_true(out.len <= LIMIT_LAYER_FREE + (1 << 18));
	/* deflate cannot exceed 1032:1, so this is what a layer with a large empty file looks like */
	out.len = 0;
	encode(zeros, n, OCI_COMPRESSION_GZIP, 1, &blob);
	free(zeros);
	assert_ok(decode(buf_source(&blob), 1 << 18, &out, &d, &err), &err);
	assert_int_equal(d.tar_size, n);
}

static ssize_t failing_read(void *ctx, void *buf, size_t n, struct err *err)
{
	return err_set(err, ERR_PROTO, "test-failure", "the line is cut");
}

static void the_sources_error_is_kept(void **state)
{
	struct layer_decoder *d = layer_decoder_new((struct io_reader){.read = failing_read});
	char b[16];
	for (int i = 0; i < 2; i++) {
		struct err err = {0};
		assert_int_equal(layer_decoder_read(d, b, sizeof(b), &err), -ERR_PROTO);
		assert_string_equal(err.msg, "the line is cut");
	}
	assert_int_equal(layer_decoder_read(d, b, sizeof(b), NULL), -ERR_PROTO);
	layer_decoder_free(d);
}

/* Also where no more input is needed for a while. */
static void the_user_may_stop_it(void **state)
{
	CLEANUP_BUF struct buf blob = {0};
	encode(text, SIZE, OCI_COMPRESSION_GZIP, 1, &blob);
	struct layer_decoder *d = layer_decoder_new(buf_source(&blob));
	struct err err = {0};
	char b[16];
	assert_int_equal(layer_decoder_read(d, b, sizeof(b), &err), sizeof(b));
	stop_request();
	assert_int_equal(layer_decoder_read(d, b, sizeof(b), &err), -ERR_CANCELLED);
	layer_decoder_free(d);
	stop_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_step_gives_the_same),        cmocka_unit_test(empty_is_plain),
	    cmocka_unit_test(gzip_members_follow_each_other), cmocka_unit_test(gzip_header_fields_are_skipped),
	    cmocka_unit_test(gzip_may_end_in_zeros),          cmocka_unit_test(broken_gzip_is_refused),
	    cmocka_unit_test(zstd_frames_follow_each_other),  cmocka_unit_test(broken_zstd_is_refused),
	    cmocka_unit_test(zstd_window_is_bounded),         cmocka_unit_test(bombs_are_refused),
	    cmocka_unit_test(the_sources_error_is_kept),      cmocka_unit_test(the_user_may_stop_it),
	};
	return cmocka_run_group_tests(tests, make_text, free_text);
}
