#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "layer/codec.h"
#include "layer/encode_method.h"

struct layer_encoder {
	const struct layer_encode_method *method;
	void *ctx; /* the method's, NULL until the first write */
	struct layer_sink sink;
	int level;
	uint8_t *block;
	size_t used;
	struct sha256 *tar_hash;
	uint64_t tar_size;
	bool failed;
	struct err failure;
};

struct layer_encoder *layer_encoder_new(int fd, enum oci_compression c, int level)
{
	struct layer_encoder *e = mem_alloc(sizeof(*e));
	e->method = layer_encode_method(c);
	e->level = level;
	e->tar_hash = sha256_new();
	e->sink = (struct layer_sink){.fd = fd};
	if (e->method != &layer_encode_none) /* there both sides are the same bytes */
		e->sink.hash = sha256_new();
	return e;
}

void layer_encoder_free(struct layer_encoder *e)
{
	if (!e)
		return;
	if (e->ctx)
		e->method->close(e->ctx);
	sha256_free(e->sink.hash);
	sha256_free(e->tar_hash);
	free(e);
}

static int start(struct layer_encoder *e, struct err *err)
{
	if (e->ctx)
		return 0;
	int r = layer_encode_level(e->method, &e->level, err);
	if (r < 0)
		return r;
	e->ctx = e->method->open(&e->sink, e->level);
	return e->method->space(e->ctx, &e->block, err);
}

static int write_all(struct layer_encoder *e, const uint8_t *p, size_t n, struct err *err)
{
	int r = stop_check(err);
	if (r < 0 || (r = start(e, err)) < 0)
		return r;
	sha256_update(e->tar_hash, p, n);
	e->tar_size += n;
	while (n) {
		if (e->used == LAYER_BLOCK) {
			r = e->method->put(e->ctx, e->used, false, err);
			if (r >= 0)
				r = e->method->space(e->ctx, &e->block, err);
			if (r < 0)
				return r;
			e->used = 0;
		}
		size_t part = LAYER_BLOCK - e->used < n ? LAYER_BLOCK - e->used : n;
		memcpy(e->block + e->used, p, part);
		e->used += part;
		p += part;
		n -= part;
	}
	return 0;
}

static int keep_failure(struct layer_encoder *e, struct err *err)
{
	e->failed = true;
	if (err)
		*err = e->failure;
	return -(int)e->failure.code;
}

int layer_encoder_write(struct layer_encoder *e, const void *data, size_t n, struct err *err)
{
	if (e->failed || write_all(e, data, n, &e->failure) < 0)
		return keep_failure(e, err);
	return 0;
}

int layer_encoder_finish(struct layer_encoder *e, struct layer_digests *out, struct err *err)
{
	if (e->failed || start(e, &e->failure) < 0 || e->method->put(e->ctx, e->used, true, &e->failure) < 0)
		return keep_failure(e, err);
	uint8_t hash[SHA256_SIZE];
	*out = (struct layer_digests){.blob_size = e->sink.size, .tar_size = e->tar_size};
	sha256_final(e->tar_hash, hash);
	oci_digest_from_bytes(hash, &out->diff_id);
	if (e->sink.hash)
		sha256_final(e->sink.hash, hash);
	oci_digest_from_bytes(hash, &out->blob);
	return 0;
}
