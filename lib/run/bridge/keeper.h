/* run/bridge/keeper.h - a network namespace that is kept by a process of ours without any rights (`cat`, on a pipe).
 * Its loopback is up; it has nothing else. The process ends with slim, however slim ends, and the namespace with it if
 * nobody else is in there. The namespace belongs to the user namespace that slim works in.
 * Lifetime: _start from a thread that stays as long as the namespace: the keeper ends with it. Then _end. */
#pragma once

#include "os/subproc.h"

struct run_bridge_keeper {
	struct subproc process;
	int keep;   /* the process ends when it is closed */
	char *path; /* of the namespace; NULL = there is none */
};
#define RUN_BRIDGE_KEEPER_NONE ((struct run_bridge_keeper){.process = {.pidfd = -1}, .keep = -1})

/* *out is RUN_BRIDGE_KEEPER_NONE before, and run_bridge_keeper_end takes it in any case. */
int run_bridge_keeper_start(struct run_bridge_keeper *out, struct err *err) MUST_CHECK;
void run_bridge_keeper_end(struct run_bridge_keeper *k);
