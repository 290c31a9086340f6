/* sensor/ptrace/affinity.h - pins tracees that stop often to the CPU of their tracer. One of the two always waits for
 * the other. Waking a thread on an idle CPU costs ten times as much as the rest of a stop, above all on virtual
 * machines.
 * Two rules:
 * - One tracee stops several times in a row: it is pinned, until another one stops.
 * - Several stop in turns and often: all that stop are pinned, as long as the stops then come faster than before.
 * Otherwise they need their CPUs for themselves, and it is tried again much later.
 * If no stop comes for a while, every task may run where it may run by its own mask.
 * The container does not see it: a task that asks for its mask, sets it, passes it to its children or reads it in
 * /proc finds its own. (Except if it opened its status file there long before it reads it.) Spec:
 * sched_setaffinity(2). Not thread-safe: one for each tracer, used by its thread, which takes SIGRTMIN for it: an
 * interrupted wait means ptrace_affinity_tick. Private to lib/sensor/. */
#pragma once

#include <time.h>

#include "sensor/ptrace/tracees.h"

struct ptrace_affinity {
	struct ptrace_tracees *tracees;
	struct idmap pinned; /* thread ids of those that may be */
	enum { PTRACE_AFFINITY_FREE, PTRACE_AFFINITY_ONE, PTRACE_AFFINITY_ALL } mode;
	cpu_set_t ours, one; /* the tracer's own mask, and the one it has while not free */
	cpu_set_t theirs;    /* the own mask of who was pinned last */
	pid_t last;          /* who stopped last */
	unsigned row;        /* how often in a row, while free */
	uint64_t row_since;  /* all times in microseconds */
	unsigned stops;      /* of several tracees, in this window */
	uint64_t since, free_took;
	unsigned rest, next_rest; /* windows before it is tried again to pin all */
	bool idle;                /* no stop since the last tick */
	bool has_timer;
	timer_t timer;
};

/* By the tracer's thread, and at its end. */
void ptrace_affinity_init(struct ptrace_affinity *a, struct ptrace_tracees *tracees);
void ptrace_affinity_done(struct ptrace_affinity *a);
/* Any stop; syscall: at a syscall. */
void ptrace_affinity_stop(struct ptrace_affinity *a, struct ptrace_tracee *e, bool syscall);
void ptrace_affinity_tick(struct ptrace_affinity *a);
/* Before a call that reads or sets masks: all are free. */
void ptrace_affinity_undo(struct ptrace_affinity *a);
/* Before a call that gives the thread another id. */
void ptrace_affinity_leave(struct ptrace_affinity *a, struct ptrace_tracee *e);
/* It was reaped: its id may be anybody's now. */
void ptrace_affinity_gone(struct ptrace_affinity *a, struct ptrace_tracee *e);
/* Child has just been born and is stopped. parent: NULL = not known. */
void ptrace_affinity_born(struct ptrace_affinity *a, const struct ptrace_tracee *parent, pid_t child);
