/* sensor/ptrace/tracees.h - what the tracer knows of each traced thread, by thread id. Private to lib/sensor/. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/idmap.h"

struct ptrace_tracee {
	pid_t tid;
	bool known;     /* its parent's fork event came: the fields below are right */
	bool held;      /* stopped at birth until they are */
	bool contained; /* runs a program of the container (not the runtime) */
	bool traceme;   /* wanted to be traced by its parent, which was refused */
	bool in_listen; /* stopped again at the exit of listen or bind; sock is its socket */
	int sock;
	uint32_t program;   /* id in the trace's programs, UINT32_MAX = unknown */
	bool pinned;        /* to the tracer's CPU, see affinity.h */
	bool was_pinned;    /* own_cpus tells what its children inherit */
	cpu_set_t own_cpus; /* where it may run */
	char *exec_path;    /* absolute path of the execve that is under way, NULL = none */
};

/* All zero is an empty table. */
struct ptrace_tracees {
	struct idmap by_tid; /* value: struct ptrace_tracee * */
};

static inline size_t ptrace_tracees_count(const struct ptrace_tracees *t)
{
	return t->by_tid.count;
}
/* i: 0..count-1, in any order. */
static inline struct ptrace_tracee *ptrace_tracees_item(const struct ptrace_tracees *t, size_t i)
{
	return (struct ptrace_tracee *)(uintptr_t)t->by_tid.items[i].value;
}

struct ptrace_tracee *ptrace_tracees_find(const struct ptrace_tracees *t, pid_t tid); /* NULL if unknown */
/* The entry of tid, made if absent. It stays where it is until it is removed. */
struct ptrace_tracee *ptrace_tracees_get(struct ptrace_tracees *t, pid_t tid);
void ptrace_tracees_remove(struct ptrace_tracees *t, pid_t tid);
void ptrace_tracees_done(struct ptrace_tracees *t);
