#include "sensor/ptrace/tracees.h"

#include <stdlib.h>

#include "base/mem.h"

struct ptrace_tracee *ptrace_tracees_find(const struct ptrace_tracees *t, pid_t tid)
{
	const uint64_t *value = idmap_find(&t->by_tid, 0, (uint32_t)tid);
	return value ? (struct ptrace_tracee *)(uintptr_t)*value : NULL;
}

struct ptrace_tracee *ptrace_tracees_get(struct ptrace_tracees *t, pid_t tid)
{
	bool added;
	uint64_t *value = idmap_at(&t->by_tid, 0, (uint32_t)tid, &added);
	if (added) {
		struct ptrace_tracee *e = mem_alloc(sizeof(*e));
		*e = (struct ptrace_tracee){.tid = tid, .program = UINT32_MAX};
		*value = (uintptr_t)e;
	}
	return (struct ptrace_tracee *)(uintptr_t)*value;
}

static void free_tracee(struct ptrace_tracee *e)
{
	free(e->exec_path);
	free(e);
}

void ptrace_tracees_remove(struct ptrace_tracees *t, pid_t tid)
{
	struct ptrace_tracee *e = ptrace_tracees_find(t, tid);
	if (!e)
		return;
	idmap_remove(&t->by_tid, 0, (uint32_t)tid);
	free_tracee(e);
}

void ptrace_tracees_done(struct ptrace_tracees *t)
{
	for (size_t i = 0; i < ptrace_tracees_count(t); i++)
		free_tracee(ptrace_tracees_item(t, i));
	idmap_done(&t->by_tid);
}
