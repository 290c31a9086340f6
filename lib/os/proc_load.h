/* os/proc_load.h - whether a process and its descendants are at work: the CPU time they used, and who runs right now.
 * Spec: proc(5), /proc/PID/task/TID/stat and children. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_LOAD_TASKS 4096 /* threads looked at, at most */

struct proc_load {
	uint64_t ticks; /* CPU time of the threads that are there now, in clock ticks */
	unsigned busy;  /* threads that run, wait for a CPU or for a disk, or are held by a tracer */
	unsigned tasks; /* threads looked at */
};

/* False if there is no such process. Descendants whose parent has ended are found only below an init that took them. */
bool proc_load_read(pid_t top, struct proc_load *out);
