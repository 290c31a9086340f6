/* pipeline/signals.h - stopping a container as an engine does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* "SIGQUIT", "QUIT", "3", "SIGRTMIN+3" of an image config; 15 (SIGTERM) for "" and for what is not a signal. */
int signal_by_name(const char *name);

/* Whether the process would notice the signal: the first process of a pid namespace ignores one that it
 * neither handles nor waits for, and waiting for such a stop is waiting in vain. */
bool signal_is_heeded(pid_t pid, int sig);

/* CPU time that the process has used, in clock ticks; 0 when it is gone. */
uint64_t signal_cpu_ticks(pid_t pid);
