#include "sensor/tracees.h"

#include <stdlib.h>

#include "base/mem.h"

struct tracee *tracees_find(const struct tracees *t, pid_t tid)
{
	const uint64_t *value = idmap_find(&t->by_tid, 0, (uint32_t)tid);
	return value ? (struct tracee *)(uintptr_t)*value : NULL;
}

struct tracee *tracees_get(struct tracees *t, pid_t tid)
{
	bool added;
	uint64_t *value = idmap_at(&t->by_tid, 0, (uint32_t)tid, &added);
	if (added) {
		struct tracee *e = mem_alloc(sizeof(*e));
		*e = (struct tracee){.tid = tid, .program = UINT32_MAX};
		*value = (uintptr_t)e;
	}
	return (struct tracee *)(uintptr_t)*value;
}

static void free_tracee(struct tracee *e)
{
	free(e->exec_path);
	free(e);
}

void tracees_remove(struct tracees *t, pid_t tid)
{
	struct tracee *e = tracees_find(t, tid);
	if (!e)
		return;
	idmap_remove(&t->by_tid, 0, (uint32_t)tid);
	free_tracee(e);
}

void tracees_done(struct tracees *t)
{
	for (size_t i = 0; i < tracees_count(t); i++)
		free_tracee(tracees_item(t, i));
	idmap_done(&t->by_tid);
}
