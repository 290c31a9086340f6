#include "layer/codec.h"
#include "layer/encode_method.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "layer/encode_team.h"

struct zstd {
	struct layer_sink *sink; /* of the caller alone */
	uint8_t *in, *out;
	size_t out_size;
	/* Lent to the thread while it is asked. Its calls of libzstd wait for libzstd's own threads, which work on
	 * pieces of up to 32 MiB: seconds each, and as many to free the context. */
	struct layer_team team;
	bool asked; /* under the team's lock */
	ZSTD_CCtx *ctx;
	ZSTD_inBuffer i;
	ZSTD_outBuffer o;
	ZSTD_EndDirective how;
	size_t rc;
};

static void compress(struct zstd *z)
{
	z->rc = ZSTD_compressStream2(z->ctx, &z->o, &z->i, z->how);
}

static void zstd_work(void *ctx)
{
	struct zstd *z = ctx;
	pthread_mutex_lock(&z->team.lock);
	for (;;) {
		while (!z->asked && !z->team.leave)
			pthread_cond_wait(&z->team.asked, &z->team.lock);
		if (z->team.leave)
			break;
		pthread_mutex_unlock(&z->team.lock);
		compress(z);
		pthread_mutex_lock(&z->team.lock);
		z->asked = false;
		pthread_cond_signal(&z->team.done);
	}
	pthread_mutex_unlock(&z->team.lock);
	ZSTD_freeCCtx(steal_ptr(&z->ctx));
}

static void zstd_free(void *ctx)
{
	struct zstd *z = ctx;
	ZSTD_freeCCtx(z->ctx);
	free(z->in);
	free(z->out);
	free(z);
}

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
	layer_team_init(&z->team, zstd_work, zstd_free, z);
	layer_team_start(&z->team, 1);
	return z;
}

static void zstd_close(void *ctx)
{
	layer_team_leave(&((struct zstd *)ctx)->team);
}

static int zstd_space(void *ctx, uint8_t **block, struct err *err)
{
	*block = ((struct zstd *)ctx)->in;
	return 0;
}

/* Calls libzstd in the thread; here if none could be started. */
static int ask(struct zstd *z, struct err *err)
{
	int r = stop_check(err);
	if (r < 0 || !z->team.n_threads) {
		if (r == 0)
			compress(z);
		return r;
	}
	pthread_mutex_lock(&z->team.lock);
	z->asked = true;
	pthread_cond_signal(&z->team.asked);
	while (r == 0 && z->asked)
		r = layer_team_wait(&z->team, err);
	pthread_mutex_unlock(&z->team.lock);
	return r;
}

static int zstd_put(void *ctx, size_t n, bool last, struct err *err)
{
	struct zstd *z = ctx;
	z->i = (ZSTD_inBuffer){z->in, n, 0};
	z->how = last ? ZSTD_e_end : ZSTD_e_continue;
	for (;;) {
		z->o = (ZSTD_outBuffer){z->out, z->out_size, 0};
		int r = ask(z, err);
		if (r < 0)
			return r;
		if (ZSTD_isError(z->rc))
			return err_set(err, ERR_SYS, "compressor-failed", "zstd: %s", ZSTD_getErrorName(z->rc));
		r = z->o.pos ? layer_sink_write(z->sink, z->out, z->o.pos, err) : 0;
		if (r < 0)
			return r;
		if (last ? z->rc == 0 : z->i.pos == z->i.size)
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
