#include "layer/codec.h"
#include "layer/encode_method.h"

#include <libdeflate.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"

#define MAX_THREADS 4
#define MAX_SLOTS (2 * MAX_THREADS + 1)

/* A block on its way: lent to the encoder, waiting, being deflated, deflated. */
enum slot_state { SLOT_FREE, SLOT_READY, SLOT_BUSY, SLOT_DONE };

struct slot {
	enum slot_state state; /* under the lock */
	uint8_t *in, *out;
	size_t in_size, out_size;
};

/* Slots are a ring: head is lent to the encoder, tail is the oldest that is not written yet; those
 * between wait for the workers, who take them in order. The caller writes the results in order. */
struct gzip {
	struct layer_sink *sink;
	int level;
	size_t bound; /* of one deflated block */
	struct libdeflate_compressor *own;
	struct slot slots[MAX_SLOTS];
	size_t n_slots, head, tail, next; /* next: for the workers, under the lock */
	pthread_t threads[MAX_THREADS];
	size_t n_threads;
	bool tried; /* to start them */
	bool stop;  /* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
};

static struct libdeflate_compressor *new_compressor(int level)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	if (!c)
		abort();
	return c;
}

static void deflate_slot(struct gzip *g, struct slot *s, struct libdeflate_compressor *c)
{
	if (!s->out)
		s->out = mem_alloc(g->bound);
	s->out_size = libdeflate_gzip_compress(c, s->in, s->in_size, s->out, g->bound);
}

static void *work(void *arg)
{
	struct gzip *g = arg;
	struct libdeflate_compressor *c = new_compressor(g->level);
	pthread_mutex_lock(&g->lock);
	for (;;) {
		struct slot *s = &g->slots[g->next];
		if (g->stop)
			break;
		if (s->state != SLOT_READY) {
			pthread_cond_wait(&g->ready, &g->lock);
			continue;
		}
		s->state = SLOT_BUSY;
		g->next = (g->next + 1) % g->n_slots;
		pthread_mutex_unlock(&g->lock);
		deflate_slot(g, s, c);
		pthread_mutex_lock(&g->lock);
		s->state = SLOT_DONE;
		pthread_cond_signal(&g->done);
	}
	pthread_mutex_unlock(&g->lock);
	libdeflate_free_compressor(c);
	return NULL;
}

static size_t count_cpus(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	return n > MAX_THREADS ? MAX_THREADS : (size_t)n;
}

/* One CPU needs no thread, and where none can be started the caller deflates alone. */
static void start_threads(struct gzip *g)
{
	g->tried = true;
	size_t want = count_cpus();
	if (want < 2)
		return;
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (g->n_threads < want && pthread_create(&g->threads[g->n_threads], NULL, work, g) == 0)
		g->n_threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void *gzip_open(struct layer_sink *sink, int level)
{
	struct gzip *g = mem_alloc(sizeof(*g));
	g->sink = sink;
	g->level = level;
	g->own = new_compressor(level);
	g->bound = libdeflate_gzip_compress_bound(g->own, LAYER_BLOCK);
	g->n_slots = 2 * count_cpus() + 1;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->ready, NULL);
	pthread_cond_init(&g->done, NULL);
	return g;
}

static void gzip_close(void *ctx)
{
	struct gzip *g = ctx;
	pthread_mutex_lock(&g->lock);
	g->stop = true;
	pthread_cond_broadcast(&g->ready);
	pthread_mutex_unlock(&g->lock);
	for (size_t i = 0; i < g->n_threads; i++)
		pthread_join(g->threads[i], NULL);
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->ready);
	pthread_cond_destroy(&g->done);
	libdeflate_free_compressor(g->own);
	for (size_t i = 0; i < g->n_slots; i++) {
		free(g->slots[i].in);
		free(g->slots[i].out);
	}
	free(g);
}

/* Write the oldest block once it is deflated. */
static int write_tail(struct gzip *g, struct err *err)
{
	struct slot *s = &g->slots[g->tail];
	pthread_mutex_lock(&g->lock);
	while (s->state != SLOT_DONE)
		pthread_cond_wait(&g->done, &g->lock);
	s->state = SLOT_FREE;
	pthread_mutex_unlock(&g->lock);
	g->tail = (g->tail + 1) % g->n_slots;
	return layer_sink_write(g->sink, s->out, s->out_size, err);
}

static int gzip_space(void *ctx, uint8_t **block, struct err *err)
{
	struct gzip *g = ctx;
	struct slot *s = &g->slots[g->head];
	if (!s->in)
		s->in = mem_alloc(LAYER_BLOCK);
	*block = s->in;
	return 0;
}

static int put_alone(struct gzip *g, struct slot *s, struct err *err)
{
	deflate_slot(g, s, g->own);
	return layer_sink_write(g->sink, s->out, s->out_size, err);
}

static int gzip_put(void *ctx, size_t n, bool last, struct err *err)
{
	struct gzip *g = ctx;
	struct slot *s = &g->slots[g->head];
	s->in_size = n;
	if (!last && !g->tried)
		start_threads(g);
	if (!g->n_threads)
		return put_alone(g, s, err);
	pthread_mutex_lock(&g->lock);
	s->state = SLOT_READY;
	pthread_cond_signal(&g->ready);
	pthread_mutex_unlock(&g->lock);
	g->head = (g->head + 1) % g->n_slots;
	int r = 0;
	if (last) {
		do
			r = write_tail(g, err);
		while (r >= 0 && g->tail != g->head);
	} else if (g->head == g->tail) {
		r = write_tail(g, err);
	}
	return r;
}

const struct layer_encode_method layer_encode_gzip = {
    .default_level = 6,
    .max_level = LAYER_GZIP_MAX,
    .open = gzip_open,
    .space = gzip_space,
    .put = gzip_put,
    .close = gzip_close,
};
