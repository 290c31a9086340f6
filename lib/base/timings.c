#include "base/timings.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

#define LEAST_US 1000 /* that steps must share to be beside each other */
#define OPEN UINT64_MAX

struct timings {
	pthread_mutex_t lock;
	uint64_t born;
	struct timings_step *steps;
	size_t count, cap;
	size_t inside; /* the step that is entered */
};

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct timings *timings_new(void)
{
	struct timings *t = mem_alloc(sizeof(*t));
	*t = (struct timings){.born = now_us(), .inside = TIMINGS_NONE};
	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void timings_free(struct timings *t)
{
	if (!t)
		return;
	timings_steps_free(t->steps, t->count);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* Under the lock. */
static size_t add(struct timings *t, const char *name, const char *waits_for, size_t part_of)
{
	if (t->count == TIMINGS_MAX)
		return TIMINGS_NONE;
	t->steps = mem_grow(t->steps, t->count, &t->cap, sizeof(*t->steps));
	t->steps[t->count] = (struct timings_step){
	    .name = mem_strdup(name),
	    .waits_for = waits_for,
	    .part_of = part_of,
	    .depth = part_of == TIMINGS_NONE ? 0 : t->steps[part_of].depth + 1,
	    .from = now_us() - t->born,
	    .to = OPEN,
	};
	return t->count++;
}

static size_t begin(struct timings *t, const char *name, const char *waits_for, bool apart, bool enters)
{
	if (!t)
		return TIMINGS_NONE;
	pthread_mutex_lock(&t->lock);
	const size_t step = add(t, name, waits_for, apart ? TIMINGS_NONE : t->inside);
	if (enters && step != TIMINGS_NONE)
		t->inside = step;
	pthread_mutex_unlock(&t->lock);
	return step;
}

size_t timings_enter(struct timings *t, const char *name, const char *waits_for)
{
	return begin(t, name, waits_for, false, true);
}

size_t timings_begin(struct timings *t, const char *name, const char *waits_for)
{
	return begin(t, name, waits_for, false, false);
}

size_t timings_begin_apart(struct timings *t, const char *name, const char *waits_for)
{
	return begin(t, name, waits_for, true, false);
}

/* A step is a part of itself. */
static bool is_part(const struct timings_step *steps, size_t part, size_t whole)
{
	while (part != TIMINGS_NONE && part != whole)
		part = steps[part].part_of;
	return part == whole;
}

void timings_end(struct timings *t, size_t step)
{
	if (!t || step == TIMINGS_NONE)
		return;
	pthread_mutex_lock(&t->lock);
	const uint64_t now = now_us() - t->born;
	for (size_t i = step; i < t->count; i++)
		if (t->steps[i].to == OPEN && is_part(t->steps, i, step))
			t->steps[i].to = now;
	if (is_part(t->steps, t->inside, step))
		t->inside = t->steps[step].part_of;
	pthread_mutex_unlock(&t->lock);
}

void timings_next(struct timings *t, size_t *step, const char *name, const char *waits_for)
{
	timings_end(t, *step);
	*step = name ? timings_begin(t, name, waits_for) : TIMINGS_NONE;
}

struct timings_step *timings_steps(struct timings *t, size_t *count)
{
	*count = 0;
	if (!t)
		return NULL;
	pthread_mutex_lock(&t->lock);
	struct timings_step *copy = mem_dup(t->steps, t->count * sizeof(*copy));
	const uint64_t now = now_us() - t->born;
	*count = t->count;
	for (size_t i = 0; i < t->count; i++) {
		copy[i].name = mem_strdup(copy[i].name);
		if (copy[i].to == OPEN)
			copy[i].to = now;
	}
	pthread_mutex_unlock(&t->lock);
	return copy;
}

void timings_steps_free(struct timings_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(steps[i].name);
	free(steps);
}

bool timings_beside(const struct timings_step *steps, size_t a, size_t b)
{
	const uint64_t from = steps[a].from > steps[b].from ? steps[a].from : steps[b].from;
	const uint64_t to = steps[a].to < steps[b].to ? steps[a].to : steps[b].to;
	return to >= from + LEAST_US && !is_part(steps, a, b) && !is_part(steps, b, a);
}
