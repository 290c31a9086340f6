#include "publish/copy_blob.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "text/sha256.h"

#define BLOCK (1u << 18)

/* Into fd, and its digest. */
static int spool(struct io_reader *in, uint64_t size, int fd, struct oci_digest *digest, struct err *err)
{
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	uint64_t total = 0;
	ssize_t n;
	while ((n = io_read(in, block, BLOCK, err)) > 0) {
		total += (uint64_t)n;
		if (total > size)
			return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
				       "it has more than the expected %llu bytes", (unsigned long long)size);
		sha256_update(hash, block, (size_t)n);
		int r = fd_write_all(fd, block, (size_t)n, err);
		if (r < 0)
			return r;
	}
	uint8_t bytes[SHA256_SIZE];
	sha256_final(hash, bytes);
	oci_digest_from_bytes(bytes, digest);
	return n < 0 ? (int)n : 0;
}

int publish_copy_blob(struct transport_source *source, const struct oci_descriptor *from,
		      const struct oci_descriptor *d, int tmp_dir, struct transport_sink *sink, struct err *err)
{
	int there = transport_sink_has(sink, d, err);
	if (there)
		return there < 0 ? there : 0;
	CLEANUP_IO_READER struct io_reader in = {0};
	int r = transport_source_blob(source, from, &in, err);
	if (r < 0)
		return r;
	CLEANUP_FD int fd = openat(tmp_dir, "blob", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "temporary-file-create", "cannot create a temporary file");
	/* The sink may send it while the next one is made. */
	if (unlinkat(tmp_dir, "blob", 0) < 0)
		return err_sys(err, errno, "temporary-file-create", "cannot unlink a temporary file");
	struct oci_digest digest;
	if ((r = spool(&in, d->size, fd, &digest, err)) < 0)
		return err_wrap(err, "blob %s", d->digest.text);
	if (!oci_digest_equal(&digest, &d->digest))
		return err_set(err, ERR_CORRUPT, "blob-digest-mismatch",
			       "blob %s has the wrong content: its digest is %s", d->digest.text, digest.text);
	return transport_sink_blob_fd(sink, d, fd, err);
}
