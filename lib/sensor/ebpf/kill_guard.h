/* sensor/ebpf/kill_guard.h - a process that outlives this one only to kill what it followed: eBPF has nothing like
 * ptrace's EXITKILL. It sleeps until this process has ended, however that happens. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct ebpf_kill_guard {
	pid_t pid; /* 0 = none */
	int life;  /* closed by the kernel when this process ends */
};

/* Returns once the guard is ready, or with an error. From then on it holds all that it needs, whatever the limit of
 * open files is. kill_all runs in the guard, with n fds that it keeps open. It may only use async-signal-safe
 * functions, and is called again as long as it returns true. */
int ebpf_kill_guard_start(struct ebpf_kill_guard *g, bool (*kill_all)(const int *fds), const int *fds, size_t n,
			  struct err *err) MUST_CHECK;
/* Lets it go: it calls kill_all and ends. */
void ebpf_kill_guard_done(struct ebpf_kill_guard *g);
