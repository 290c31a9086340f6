/* podman's layers.json: the diff ID of each layer. */
#include "fuzz.h"
#include "transport/engine/storage/storage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const int root = fuzz_directory();
	struct oci_digest id;
	CLEANUP_BUF struct buf config = {0};
	struct err err = {0};
	oci_digest_of("x", 1, &id);
	fuzz_write(root, "overlay-layers/layers.json", data, n, 0644);
	fuzz_write(root, "overlay-layers/one.tar-split.gz", "x", 1, 0644);
	CLEANUP_FD int fd = engine_storage_podman.tar_split(root, "one", &id, &id, &err);
	assert(fd >= 0 || (err.code && err.msg[0]));
	const int r = engine_storage_podman.config(root, &id, &config, &err); /* the store has no image */
	assert(r == -ERR_NOTFOUND);
	return 0;
}
