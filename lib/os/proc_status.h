/* os/proc_status.h - reads /proc/PID/status of a process or thread. Spec: proc_pid_status(5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_status {
	pid_t process;             /* the process that the thread belongs to */
	pid_t process_inside;      /* its number in the pid namespace that it is in itself */
	unsigned seccomp_filters;  /* 0 on kernels before 5.9, which lack it */
	uint64_t blocked, handled; /* signals: bit n - 1 is signal n. handled: there is a handler for it */
};

/* False if there is no such thread. A value that the kernel lacks is 0. */
bool proc_status_read(pid_t tid, struct proc_status *out);
