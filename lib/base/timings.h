/* base/timings.h - the steps of a command: when each began, how long it took, what it waited for, and which others ran
 * beside it (slim build --timings).
 * Shape: a tree. timings_enter begins a step, and whatever begins until its end, in any thread, is a part of it.
 * timings_begin begins a step without parts; timings_begin_apart one that is a part of no other, for work that is done
 * ahead, beside other steps.
 * Lifetime: _new, any number of steps, timings_free. All functions take NULL for "nobody asks" and then do nothing. A
 * step that never ends lasts until it is read.
 * Safe in any thread; timings_enter is for one thread, the command's own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct timings;

struct timings_step {
	char *name;
	const char *waits_for; /* in words that go on with "waits for"; NULL = for this machine */
	size_t part_of;        /* the number of that step; TIMINGS_NONE = of no other */
	unsigned depth;        /* the steps that it is a part of */
	uint64_t from, to;     /* in microseconds since timings_new */
};

#define TIMINGS_NONE SIZE_MAX
#define TIMINGS_MAX 2000 /* steps; further ones are not recorded */

struct timings *timings_new(void);
void timings_free(struct timings *t);
/* name is copied, waits_for is constant. Returns the number of the step for timings_end. */
size_t timings_enter(struct timings *t, const char *name, const char *waits_for);
size_t timings_begin(struct timings *t, const char *name, const char *waits_for);
size_t timings_begin_apart(struct timings *t, const char *name, const char *waits_for);
/* Ends the step and all its parts. TIMINGS_NONE, or a step that has ended: nothing. */
void timings_end(struct timings *t, size_t step);
/* Ends *step and begins the next one in its place. NULL as name: only ends it. */
void timings_next(struct timings *t, size_t *step, const char *name, const char *waits_for);

/* A copy of all steps in the order in which they began, for timings_steps_free. t may be in use. */
struct timings_step *timings_steps(struct timings *t, size_t *count);
void timings_steps_free(struct timings_step *steps, size_t count);
/* Whether two steps, by number, ran at the same time for a millisecond or more, and neither is a part of the other. */
bool timings_beside(const struct timings_step *steps, size_t a, size_t b);
static inline void timings_freep(struct timings **t)
{
	timings_free(*t);
}
#define CLEANUP_TIMINGS CLEANUP(timings_freep)
