/* os/proc_tree.h - a process and all that it started. Spec: proc_pid_stat(5). */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* CPU time in ticks that the process and its descendants have used, those included that ended and were waited for.
 * 0 if it is gone. Reads all of /proc: not for a hot path. */
uint64_t proc_tree_ticks(pid_t root);

/* The process and its descendants, by pid, max at most; returns how many. As slow as the above. */
size_t proc_tree_list(pid_t root, pid_t *out, size_t max);
