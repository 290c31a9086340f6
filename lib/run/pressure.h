/* run/pressure.h - whether a container has reached a limit of its cgroup: the kernel killed a process of it for want of
 * memory, or refused it another process.
 * Spec: cgroup-v1 memory.rst (10. OOM Control) and pids.rst, cgroup-v2.rst (memory.events, pids.events).
 * Lifetime: _open when the container runs; _read when _fd is readable, and at the end; _done. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/cgroups.h"

struct run_pressure {
	int watch;           /* fd, -1 = nothing is watched */
	int events;          /* inotify, of what follows */
	int pids_file;       /* pids.events */
	int memory_file;     /* memory.events, or v1's memory.oom_control */
	int oom;             /* eventfd of v1 */
	unsigned long kills; /* of it; the end of the cgroup counts, too */
	bool out_of_memory, out_of_pids;
};
#define RUN_PRESSURE_NONE                                                                                              \
	((struct run_pressure){.watch = -1, .events = -1, .pids_file = -1, .memory_file = -1, .oom = -1})

/* init_fd: pidfd of init, the container's first process. Its end makes _fd readable, too: the runtime removes the
 * cgroup then, and not all that happens in one is told before. */
void run_pressure_open(pid_t init, int init_fd, const struct runtime_cgroups *cgroups, struct run_pressure *out);
int run_pressure_fd(const struct run_pressure *p);
/* Fills out_of_memory and out_of_pids. Never blocks. */
void run_pressure_read(struct run_pressure *p);
void run_pressure_done(struct run_pressure *p);
