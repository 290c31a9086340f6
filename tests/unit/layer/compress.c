#include "unit.h"

#include "layer/compress.h"
#include "layer/encode_method.h"
#include "support.h"

static void same_as_the_encoder(void **state)
{
	static const size_t sizes[] = {0, 1, LAYER_BLOCK - 1, LAYER_BLOCK, LAYER_BLOCK + 1, 3 * LAYER_BLOCK + 700};
	CLEANUP_FREE char *data = mem_alloc(4 * LAYER_BLOCK);
	for (size_t i = 0; i < 4 * LAYER_BLOCK; i++)
		data[i] = (char)(i * i >> 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (int c = OCI_COMPRESSION_NONE; c <= OCI_COMPRESSION_ZSTD; c++) {
			CLEANUP_BUF struct buf want = {0}, got = {0};
			CLEANUP_FD int tar = temp_file_with(data, sizes[i]), out = temp_file();
			struct layer_digests d = {.tar_size = sizes[i]};
			struct oci_digest digest;
			struct err err = {0};
			encode(data, sizes[i], c, 3, &want);
			assert_ok(layer_compress(tar, out, c, 3, NULL, NULL, &d, &err), &err);
			slurp(out, &got);
			assert_int_equal(got.len, want.len);
			assert_true(!want.len || memcmp(got.data, want.data, want.len) == 0);
			oci_digest_of(got.data, got.len, &digest);
			assert_string_equal(d.blob.text, digest.text);
			assert_int_equal(d.blob_size, got.len);
		}
	}
}

static int stop_at(void *ctx, uint64_t done, struct err *err)
{
	return done == *(uint64_t *)ctx ? err_set(err, ERR_CANCELLED, "cancelled", "stopped") : 0;
}

static void problems(void **state)
{
	CLEANUP_FREE char *data = mem_alloc(3 * LAYER_BLOCK);
	for (int c = OCI_COMPRESSION_GZIP; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_FD int tar = temp_file_with(data, 3 * LAYER_BLOCK), out = temp_file();
		struct layer_digests d = {.tar_size = 3 * LAYER_BLOCK + 1};
		uint64_t stop = 2 * LAYER_BLOCK;
		assert_int_equal(layer_compress(tar, out, c, 0, NULL, NULL, &d, NULL), -ERR_CORRUPT);
		assert_int_equal(layer_compress(tar, out, c, 100, NULL, NULL, &d, NULL), -ERR_INVAL);
		assert_int_equal(layer_compress(tar, out, c, 0, stop_at, &stop, &d, NULL), -ERR_CANCELLED);
		assert_int_equal(d.blob_size, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_as_the_encoder),
	    cmocka_unit_test(problems),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
