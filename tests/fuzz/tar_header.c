/* The header blocks of one entry of a layer. */
#include "fuzz.h"
#include "layer/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FREE uint8_t *blocks = mem_dup(data, n);
	CLEANUP_BUF struct buf name = {0};
	struct layer_header h = {0};
	struct err err = {0};
	fuzz_seal_tar(blocks, n);
	if (layer_header_check(blocks, n, &h, &err) < 0)
		assert(err.code == ERR_CORRUPT && err.msg[0]);
	else
		assert(h.data_start <= n && (!h.has_mtime || h.mtime.tv_nsec < 1000000000));
	layer_header_name(blocks, n, &name);
	return 0;
}
