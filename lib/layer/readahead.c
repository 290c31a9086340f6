#include "layer/readahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

#define BLOCKS 4
#define BLOCK_SIZE ((size_t)256 << 10)

struct layer_readahead {
	struct layer_decoder *decoder; /* the thread's, until it is joined */
	pthread_t thread;
	bool running, holding; /* holding: the caller has the block at `taken` */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t filled, freed;
	struct {
		uint8_t *data;
		ssize_t n; /* 0 = end, negative = error: the last one */
	} blocks[BLOCKS];
	uint64_t made, taken; /* numbers of blocks so far */
	bool stop;
	struct err err;
};

/* A whole block where there is one: short ones would cost a switch of threads each. */
static ssize_t fill(struct layer_readahead *a, uint8_t *data)
{
	size_t have = 0;
	while (have < BLOCK_SIZE) {
		ssize_t n = layer_decoder_read(a->decoder, data + have, BLOCK_SIZE - have, &a->err);
		if (n <= 0)
			return have ? (ssize_t)have : n; /* the next call says the same again */
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static void *run_ahead(void *ctx)
{
	struct layer_readahead *a = ctx;
	pthread_mutex_lock(&a->lock);
	for (ssize_t n = 1; n > 0 && !a->stop;) {
		while (a->made - a->taken == BLOCKS && !a->stop)
			pthread_cond_wait(&a->freed, &a->lock);
		if (a->stop)
			break;
		size_t at = a->made % BLOCKS;
		pthread_mutex_unlock(&a->lock);
		n = fill(a, a->blocks[at].data);
		pthread_mutex_lock(&a->lock);
		a->blocks[at].n = n;
		a->made++;
		pthread_cond_signal(&a->filled);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct layer_readahead *layer_readahead_new(struct io_reader source)
{
	struct layer_readahead *a = mem_alloc(sizeof(*a));
	a->decoder = layer_decoder_new(source);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->filled, NULL);
	pthread_cond_init(&a->freed, NULL);
	for (int i = 0; i < BLOCKS; i++)
		a->blocks[i].data = mem_alloc(BLOCK_SIZE);
	return a;
}

static int start(struct layer_readahead *a, struct err *err)
{
	int e = pthread_create(&a->thread, NULL, run_ahead, a);
	if (e)
		return err_sys(err, e, "thread-start", "cannot start a thread");
	a->running = true;
	return 0;
}

ssize_t layer_readahead_next(struct layer_readahead *a, const void **block, struct err *err)
{
	int r = a->running ? 0 : start(a, err);
	if (r < 0)
		return r;
	pthread_mutex_lock(&a->lock);
	if (a->holding) {
		a->taken++;
		a->holding = false;
		pthread_cond_signal(&a->freed);
	}
	while (a->made == a->taken)
		pthread_cond_wait(&a->filled, &a->lock);
	ssize_t n = a->blocks[a->taken % BLOCKS].n;
	*block = a->blocks[a->taken % BLOCKS].data;
	a->holding = n > 0;
	if (n < 0 && err)
		*err = a->err;
	pthread_mutex_unlock(&a->lock);
	return n;
}

static void join(struct layer_readahead *a)
{
	if (!a->running)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->freed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	a->running = false;
}

int layer_readahead_finish(struct layer_readahead *a, struct layer_digests *out, struct err *err)
{
	const void *ignored;
	ssize_t n;
	while ((n = layer_readahead_next(a, &ignored, err)) > 0)
		;
	if (n < 0)
		return (int)n;
	join(a);
	return layer_decoder_finish(a->decoder, out, err);
}

void layer_readahead_free(struct layer_readahead *a)
{
	if (!a)
		return;
	join(a);
	layer_decoder_free(a->decoder);
	for (int i = 0; i < BLOCKS; i++)
		free(a->blocks[i].data);
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->filled);
	pthread_cond_destroy(&a->freed);
	free(a);
}
