/* os/proc_tree.h - a process and all that it started: the CPU time that they used, and which of them run right now.
 * Spec: proc(5), /proc/PID/stat, /proc/PID/task/TID/stat and children. If the kernel has no `children` files, each
 * call reads all of /proc. A descendant whose parent has ended is found only below an init that adopted it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_TREE_TASKS 4096 /* processes, and threads, looked at at most */

/* CPU time in ticks that the process and its descendants have used, those included that ended and were waited for.
 * 0 if it is gone. */
uint64_t proc_tree_ticks(pid_t root);

/* The process and its descendants, by pid, max at most; returns how many. */
size_t proc_tree_list(pid_t root, pid_t *out, size_t max);

struct proc_tree_load {
	uint64_t ticks; /* as above */
	unsigned busy;  /* threads that run, wait for a CPU or for a disk, or are held by a tracer */
	unsigned tasks; /* threads looked at */
};

/* False if there is no such process. */
bool proc_tree_load(pid_t root, struct proc_tree_load *out);
