#include "fuzz.h"
#include "layer/codec.h"

/* The blob of a layer: gzip, zstd or plain. Checks that a blob which was read to its end has the digest and size of the
 * input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	struct layer_decoder *d = layer_decoder_new((struct io_reader){fuzz_read, NULL, &in});
	struct layer_digests digests;
	struct oci_digest whole;
	struct err err = {0};
	char block[1000];
	uint64_t plain = 0;
	ssize_t got;
	while ((got = layer_decoder_read(d, block, sizeof(block), &err)) > 0)
		plain += (uint64_t)got;
	const int r = got < 0 ? (int)got : layer_decoder_finish(d, &digests, &err);
	oci_digest_of(data, n, &whole);
	if (r < 0)
		assert((err.code == ERR_CORRUPT || err.code == ERR_LIMIT) && err.msg[0]);
	else
		assert(digests.blob_size == n && digests.tar_size == plain && oci_digest_equal(&digests.blob, &whole));
	layer_decoder_free(d);
	return 0;
}
