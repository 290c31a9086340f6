#include "unit.h"

#include <libdeflate.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <zstd.h>

#include "base/stop.h"
#include "layer/codec.h"
#include "layer/encode_team.h"
#include "support.h"

#define SIZE ((size_t)20 << 20) /* more blocks than may be on their way */

/* The libraries' functions, which here take as long as the test says and write nothing. */
static bool blocks;
static sem_t entered, released, freed;
static atomic_int contexts; /* that are not freed */

static void compress(void)
{
	if (!blocks)
		return;
	sem_post(&entered);
	sem_wait(&released);
}

static void *context_new(void)
{
	atomic_fetch_add(&contexts, 1);
	return mem_alloc(1);
}

static void context_free(void *c)
{
	if (!c)
		return;
	free(c);
	atomic_fetch_sub(&contexts, 1);
	sem_post(&freed);
}

struct libdeflate_compressor *libdeflate_alloc_compressor(int level)
{
	return context_new();
}

size_t libdeflate_gzip_compress_bound(struct libdeflate_compressor *c, size_t n)
{
	return n;
}

size_t libdeflate_gzip_compress(struct libdeflate_compressor *c, const void *in, size_t n, void *out, size_t room)
{
	compress();
	return 0;
}

void libdeflate_free_compressor(struct libdeflate_compressor *c)
{
	context_free(c);
}

ZSTD_CCtx *ZSTD_createCCtx(void)
{
	return context_new();
}

size_t ZSTD_CCtx_setParameter(ZSTD_CCtx *ctx, ZSTD_cParameter p, int value)
{
	return 0;
}

size_t ZSTD_compressStream2(ZSTD_CCtx *ctx, ZSTD_outBuffer *o, ZSTD_inBuffer *i, ZSTD_EndDirective how)
{
	compress();
	i->pos = i->size;
	return 0;
}

size_t ZSTD_freeCCtx(ZSTD_CCtx *ctx)
{
	context_free(ctx);
	return 0;
}

static void *stop_when_entered(void *ctx)
{
	sem_wait(&entered);
	stop_request();
	return NULL;
}

static void empty(sem_t *s)
{
	while (sem_trywait(s) == 0)
		;
}

/* The compressor does not return; the call that waits for it does, and the one that frees it. The memory is freed when
 * the last thread is done. */
static void a_busy_team_is_left_alone(void **state)
{
	CLEANUP_FREE char *data = mem_calloc(1, SIZE);
	for (int c = OCI_COMPRESSION_GZIP; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_FD int fd = temp_file();
		struct err err = {0};
		pthread_t thread;
		blocks = true;
		assert_int_equal(pthread_create(&thread, NULL, stop_when_entered, NULL), 0);
		struct layer_encoder *e = layer_encoder_new(fd, c, 0);
		assert_int_equal(layer_encoder_write(e, data, SIZE, &err), -ERR_CANCELLED);
		pthread_join(thread, NULL);
		layer_encoder_free(e);
		assert_true(atomic_load(&contexts) > 0);
		for (int i = 0; i < LAYER_TEAM_MAX; i++)
			sem_post(&released);
		while (atomic_load(&contexts) > 0)
			sem_wait(&freed);
		stop_forget();
		empty(&released);
		empty(&entered);
	}
}

/* If the user does not stop, all is freed when the call returns. */
static void a_team_is_waited_for(void **state)
{
	CLEANUP_FREE char *data = mem_calloc(1, SIZE);
	blocks = false;
	for (int c = OCI_COMPRESSION_GZIP; c <= OCI_COMPRESSION_ZSTD; c++) {
		CLEANUP_FD int fd = temp_file();
		struct err err = {0};
		struct layer_encoder *e = layer_encoder_new(fd, c, 0);
		assert_ok(layer_encoder_write(e, data, SIZE, &err), &err);
		layer_encoder_free(e);
		assert_int_equal(atomic_load(&contexts), 0);
	}
	empty(&freed);
}

int main(void)
{
	sem_init(&entered, 0, 0);
	sem_init(&released, 0, 0);
	sem_init(&freed, 0, 0);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_team_is_waited_for),
	    cmocka_unit_test(a_busy_team_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
