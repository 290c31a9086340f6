#include "layer/codec.h"
#include "layer/encode_method.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/stop.h"

struct zstd {
	struct layer_sink *sink;
	ZSTD_CCtx *ctx;
	uint8_t *in, *out;
	size_t out_size;
	struct zstd *next; /* in abandoned */
};

/* Those that the user stopped: to free one is to wait for its threads, which end with the process. */
static _Atomic(struct zstd *) abandoned;

static void *zstd_open(struct layer_sink *sink, int level)
{
	struct zstd *z = mem_alloc(sizeof(*z));
	z->sink = sink;
	z->ctx = ZSTD_createCCtx();
	if (!z->ctx)
		abort();
	ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_checksumFlag, 1);
	/* Fails harmlessly in a library without threads. The output is the same for any number above 0. */
	ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_nbWorkers, 2);
	z->in = mem_alloc(LAYER_BLOCK);
	z->out_size = ZSTD_CStreamOutSize();
	z->out = mem_alloc(z->out_size);
	return z;
}

static void zstd_close(void *ctx)
{
	struct zstd *z = ctx;
	if (stop_requested()) {
		z->next = atomic_exchange(&abandoned, z);
		return;
	}
	ZSTD_freeCCtx(z->ctx);
	free(z->in);
	free(z->out);
	free(z);
}

static int zstd_space(void *ctx, uint8_t **block, struct err *err)
{
	*block = ((struct zstd *)ctx)->in;
	return 0;
}

static int zstd_put(void *ctx, size_t n, bool last, struct err *err)
{
	struct zstd *z = ctx;
	ZSTD_inBuffer i = {z->in, n, 0};
	for (;;) { /* libzstd's threads work on pieces of up to 32 MiB; a call returns sooner */
		int r = stop_check(err);
		if (r < 0)
			return r;
		ZSTD_outBuffer o = {z->out, z->out_size, 0};
		size_t rc = ZSTD_compressStream2(z->ctx, &o, &i, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(rc))
			return err_set(err, ERR_SYS, "compressor-failed", "zstd: %s", ZSTD_getErrorName(rc));
		r = o.pos ? layer_sink_write(z->sink, z->out, o.pos, err) : 0;
		if (r < 0)
			return r;
		if (last ? rc == 0 : i.pos == i.size)
			return 0;
	}
}

const struct layer_encode_method layer_encode_zstd = {
    .default_level = 3,
    .max_level = LAYER_ZSTD_MAX,
    .open = zstd_open,
    .space = zstd_space,
    .put = zstd_put,
    .close = zstd_close,
};
