#include "layer/compress.h"

#include <errno.h>
#include <unistd.h>

#include "base/stop.h"
#include "layer/encode_method.h"

static int read_block(int tar, uint8_t *block, size_t n, uint64_t offset, struct err *err)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(tar, block + done, n - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "file-read", "the layer's tar cannot be read");
		if (got == 0)
			return err_set(err, ERR_CORRUPT, "file-changed", "the layer's tar is shorter than it was");
		done += (size_t)got;
	}
	return 0;
}

struct source {
	int tar;
	uint64_t size;
	int (*tick)(void *, uint64_t, struct err *);
	void *ctx;
};

/* All blocks but the last are full, as encode_method.h asks. */
static int run(const struct layer_encode_method *m, void *method, const struct source *s, struct err *err)
{
	uint64_t at = 0;
	for (bool last = false; !last;) {
		uint8_t *block;
		size_t n = s->size - at < LAYER_BLOCK ? (size_t)(s->size - at) : LAYER_BLOCK;
		int r = stop_check(err);
		if (r == 0 && s->tick)
			r = s->tick(s->ctx, at, err);
		if (r < 0 || (r = m->space(method, &block, err)) < 0 || (r = read_block(s->tar, block, n, at, err)) < 0)
			return r;
		at += n;
		last = at == s->size;
		if ((r = m->put(method, n, last, err)) < 0)
			return r;
	}
	return 0;
}

int layer_compress(int tar, int fd, enum oci_compression c, int level, int (*tick)(void *, uint64_t, struct err *),
		   void *ctx, struct layer_digests *digests, struct err *err)
{
	const struct layer_encode_method *m = layer_encode_method(c);
	const struct source s = {tar, digests->tar_size, tick, ctx};
	int r = layer_encode_level(m, &level, err);
	if (r < 0)
		return r;
	struct layer_sink sink = {.fd = fd, .hash = sha256_new()};
	void *method = m->open(&sink, level);
	r = run(m, method, &s, err);
	m->close(method);
	if (r == 0) {
		uint8_t hash[SHA256_SIZE];
		sha256_final(sink.hash, hash);
		oci_digest_from_bytes(hash, &digests->blob);
		digests->blob_size = sink.size;
	}
	sha256_free(sink.hash);
	return r;
}
