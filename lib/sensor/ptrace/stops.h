/* sensor/ptrace/stops.h - waits for the next stop or end of a tracee. For waitpid(-1) Linux looks at all tracees,
 * twice for each wait: with n of them alive, n stops cost n * n. Above PTRACE_STOPS_CROWD, SIGCHLD, which must be
 * blocked in all threads, names the tracee that stopped instead. Of two that stop at the same time only one may be
 * named. So those that stopped lately are asked, too, and all of them one by one if no signal comes for a while.
 * Spec: wait(2), signal(7), ptrace(2). Not thread-safe: one for each tracer, used by its thread. Private to
 * lib/sensor/. */
#pragma once

#include "sensor/ptrace/tracees.h"

#define PTRACE_STOPS_CROWD 512
#define PTRACE_STOPS_RECENT 8

/* All zero is a new one. */
struct ptrace_stops {
	pid_t recent[PTRACE_STOPS_RECENT];
	unsigned next_recent;
	size_t sweep;               /* position of the round, counted from the end; 0 = no round is under way */
	uint64_t sweep_since, rest; /* when the last one began; when the next may; microseconds */
	bool told;                  /* a signal came since then: another one may have been lost */
	uint64_t waits, asked;      /* calls of _wait; calls of waitpid that they made, for one tracee or for all */
};

/* As waitpid(-1, status, __WALL | __WNOTHREAD): also -1 with EINTR. */
pid_t ptrace_stops_wait(struct ptrace_stops *s, const struct ptrace_tracees *tracees, int *status);
/* A child was born, and will stop. */
void ptrace_stops_expect(struct ptrace_stops *s, pid_t tid);
