/* run/signals.h - what is needed to stop a container as an engine does. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The number of "SIGQUIT", "QUIT", "3" or "SIGRTMIN+3" in an image config. SIGTERM for "" and for any other text. */
int run_signal_by_name(const char *name);

/* Whether the process would notice the signal. The first process of a pid namespace ignores a signal that it neither
 * handles nor waits for: it would never stop. */
bool run_signal_is_heeded(pid_t pid, int sig);
