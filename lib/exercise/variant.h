/* exercise/variant.h - how the repetitions of an exercise (--repeat) differ from its first run: in the order of what
 * may change places, and in how much is done at once. A variant is a number: 0 is the exercise as it is given; each
 * other one differs in the same way whenever it is run. */
#pragma once

#include <stddef.h>

#define EXERCISE_VARIANTS 32 /* at most, variant 0 included */

/* The number of requests that are under way at once: 1, 2, 4, 1, ... of variant 0, 1, 2, 3, ... */
unsigned exercise_variant_workers(unsigned variant);
/* Brings n numbers into another order: variant 1 turns them round, so that each pair was seen both ways. */
void exercise_variant_order(unsigned variant, size_t *items, size_t n);
/* Calls one for each i below n, in this order, from so many threads; worker: from 0, each a thread of its own. Returns
 * when all have returned. */
void exercise_variant_share(unsigned workers, size_t n, void (*one)(void *ctx, unsigned worker, size_t i), void *ctx);
