#include "exercise/variant.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define WORKERS_DOUBLE 3 /* times, then it begins anew */

unsigned exercise_variant_workers(unsigned variant)
{
	return 1u << variant % WORKERS_DOUBLE;
}

/* ---- order ---- */

static void swap(size_t *a, size_t *b)
{
	size_t old = *a;
	*a = *b;
	*b = old;
}

/* Xorshift: the same numbers on each machine. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

void exercise_variant_order(unsigned variant, size_t *items, size_t n)
{
	uint32_t state = 0x9e3779b9u * variant + 1;
	if (variant == 1)
		for (size_t i = 0; i < n / 2; i++)
			swap(&items[i], &items[n - 1 - i]);
	else if (variant > 1)
		for (size_t i = n; i > 1; i--)
			swap(&items[i - 1], &items[next(&state) % i]);
}

/* ---- threads ---- */

struct sharing {
	size_t n;
	void (*one)(void *ctx, unsigned worker, size_t i);
	void *ctx;
	_Atomic size_t next;
};

struct worker {
	struct sharing *sharing;
	unsigned nth;
	pthread_t thread;
	bool runs;
};

static void *work(void *arg)
{
	const struct worker *w = arg;
	struct sharing *s = w->sharing;
	for (size_t i; (i = atomic_fetch_add(&s->next, 1)) < s->n;)
		s->one(s->ctx, w->nth, i);
	return NULL;
}

void exercise_variant_share(unsigned workers, size_t n, void (*one)(void *ctx, unsigned worker, size_t i), void *ctx)
{
	struct sharing s = {.n = n, .one = one, .ctx = ctx};
	CLEANUP_FREE struct worker *all = mem_calloc(workers, sizeof(*all));
	for (unsigned i = 0; i < workers; i++)
		all[i] = (struct worker){.sharing = &s, .nth = i};
	for (unsigned i = 1; i < workers; i++)
		all[i].runs = pthread_create(&all[i].thread, NULL, work, &all[i]) == 0;
	work(&all[0]); /* all of it, if no other thread can be had */
	for (unsigned i = 1; i < workers; i++)
		if (all[i].runs)
			pthread_join(all[i].thread, NULL);
}
