#include "layer/codec.h"
#include "layer/encode_method.h"

#include <libdeflate.h>
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"
#include "layer/encode_team.h"

/* One is filled and one is written while the threads deflate the others. */
#define MAX_SLOTS (LAYER_TEAM_MAX + 2)

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
	struct layer_team team;
	bool tried; /* to start it */
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
		s->out = mem_map(g->bound);
	s->out_size = libdeflate_gzip_compress(c, s->in, s->in_size, s->out, g->bound);
}

static void gzip_work(void *ctx)
{
	struct gzip *g = ctx;
	struct libdeflate_compressor *c = new_compressor(g->level);
	pthread_mutex_lock(&g->team.lock);
	while (!g->team.leave) {
		struct slot *s = &g->slots[g->next];
		if (s->state != SLOT_READY) {
			pthread_cond_wait(&g->team.asked, &g->team.lock);
			continue;
		}
		s->state = SLOT_BUSY;
		g->next = (g->next + 1) % g->n_slots;
		pthread_mutex_unlock(&g->team.lock);
		deflate_slot(g, s, c);
		pthread_mutex_lock(&g->team.lock);
		s->state = SLOT_DONE;
		pthread_cond_signal(&g->team.done);
	}
	pthread_mutex_unlock(&g->team.lock);
	libdeflate_free_compressor(c);
}

static size_t count_cpus(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	return n > LAYER_TEAM_MAX ? LAYER_TEAM_MAX : (size_t)n;
}

/* If none can be started, the caller deflates alone. */
static void start_threads(struct gzip *g)
{
	g->tried = true;
	layer_team_start(&g->team, count_cpus());
}

static void gzip_free(void *ctx)
{
	struct gzip *g = ctx;
	libdeflate_free_compressor(g->own);
	for (size_t i = 0; i < g->n_slots; i++) {
		mem_unmap(g->slots[i].in, LAYER_BLOCK);
		mem_unmap(g->slots[i].out, g->bound);
	}
	free(g);
}

static void *gzip_open(struct layer_sink *sink, int level)
{
	struct gzip *g = mem_alloc(sizeof(*g));
	g->sink = sink;
	g->level = level;
	g->own = new_compressor(level);
	g->bound = libdeflate_gzip_compress_bound(g->own, LAYER_BLOCK);
	g->n_slots = count_cpus() + 2;
	layer_team_init(&g->team, gzip_work, gzip_free, g);
	return g;
}

static void gzip_close(void *ctx)
{
	layer_team_leave(&((struct gzip *)ctx)->team);
}

/* Write the oldest block once it is deflated. */
static int write_tail(struct gzip *g, struct err *err)
{
	struct slot *s = &g->slots[g->tail];
	pthread_mutex_lock(&g->team.lock);
	int r = 0;
	while (r == 0 && s->state != SLOT_DONE)
		r = layer_team_wait(&g->team, err);
	if (r == 0)
		s->state = SLOT_FREE;
	pthread_mutex_unlock(&g->team.lock);
	if (r < 0)
		return r;
	g->tail = (g->tail + 1) % g->n_slots;
	return layer_sink_write(g->sink, s->out, s->out_size, err);
}

static int gzip_space(void *ctx, uint8_t **block, struct err *err)
{
	struct gzip *g = ctx;
	struct slot *s = &g->slots[g->head];
	if (!s->in)
		s->in = mem_map(LAYER_BLOCK);
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
	if (!g->team.n_threads)
		return put_alone(g, s, err);
	pthread_mutex_lock(&g->team.lock);
	s->state = SLOT_READY;
	pthread_cond_signal(&g->team.asked);
	pthread_mutex_unlock(&g->team.lock);
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
