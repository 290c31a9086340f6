/* sensor/affinity.h - puts a tracee that stops again and again on the CPU of its tracer. Of the two, one always
 * waits for the other; to wake one that waits on another CPU, which went idle, costs ten times as much as all the rest
 * of a stop, on virtual machines above all. As soon as another tracee stops, each is back where it may run.
 * The container does not see it: what a task asks for, sets, hands on to its children and finds in /proc is its own
 * mask. (Not when it opened its status file there long before it reads it.)
 * sched_setaffinity(2). Not thread-safe: one for each tracer, used by its thread. Private to lib/sensor/. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* All zero: nobody stopped yet. */
struct affinity {
	pid_t last;     /* who stopped last */
	unsigned stops; /* how often in a row */
	uint64_t since; /* clock_ms of the first of them */
	bool pinned;    /* both of us are on one CPU */
	pid_t tid;      /* who is, or was before; 0 = nobody */
	cpu_set_t its, ours, one;
};

/* Any stop; syscall: of a syscall, which may come often. */
void affinity_stop(struct affinity *a, pid_t tid, bool syscall);
/* Before a call that reads or sets a mask, or that gives the thread another id. */
void affinity_undo(struct affinity *a);
/* The parent's child has just been born and is stopped. */
void affinity_born(struct affinity *a, pid_t parent, pid_t child);
/* It was reaped: its id may be anybody's now. */
void affinity_gone(struct affinity *a, pid_t tid);
