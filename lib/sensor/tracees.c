#include "sensor/tracees.h"

#include <stdlib.h>

#include "base/mem.h"

static size_t place(const struct tracees *t, pid_t tid)
{
	size_t i = (uint32_t)tid * 2654435761u & (t->n_slots - 1);
	while (t->slots[i].tid && t->slots[i].tid != tid)
		i = (i + 1) & (t->n_slots - 1);
	return i;
}

struct tracee *tracees_find(struct tracees *t, pid_t tid)
{
	if (!t->n_slots)
		return NULL;
	struct tracee *e = &t->slots[place(t, tid)];
	return e->tid ? e : NULL;
}

static void grow(struct tracees *t)
{
	struct tracees bigger = {.n_slots = t->n_slots ? t->n_slots * 2 : 64, .count = t->count};
	bigger.slots = mem_calloc(bigger.n_slots, sizeof(*bigger.slots));
	for (size_t i = 0; i < t->n_slots; i++)
		if (t->slots[i].tid)
			bigger.slots[place(&bigger, t->slots[i].tid)] = t->slots[i];
	free(t->slots);
	*t = bigger;
}

struct tracee *tracees_get(struct tracees *t, pid_t tid)
{
	if (t->count * 2 >= t->n_slots)
		grow(t);
	struct tracee *e = &t->slots[place(t, tid)];
	if (!e->tid) {
		*e = (struct tracee){.tid = tid, .program = UINT32_MAX};
		t->count++;
	}
	return e;
}

void tracees_remove(struct tracees *t, pid_t tid)
{
	struct tracee *e = tracees_find(t, tid);
	if (!e)
		return;
	free(e->exec_path);
	*e = (struct tracee){0};
	t->count--;
	/* close the gap: what follows in the same run may belong here */
	size_t i = (size_t)(e - t->slots);
	for (size_t j = (i + 1) & (t->n_slots - 1); t->slots[j].tid; j = (j + 1) & (t->n_slots - 1)) {
		struct tracee moved = t->slots[j];
		t->slots[j].tid = 0;
		t->slots[place(t, moved.tid)] = moved;
	}
}

void tracees_done(struct tracees *t)
{
	for (size_t i = 0; i < t->n_slots; i++)
		free(t->slots[i].tid ? t->slots[i].exec_path : NULL);
	free(t->slots);
	*t = (struct tracees){0};
}
