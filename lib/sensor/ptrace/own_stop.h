/* sensor/ptrace/own_stop.h - a SIGSTOP that only a traced process notices. The kernel drops one that the first process
 * of a pid namespace gets from inside: nobody there may stop it. A tracer is shown the signal all the same, and if it
 * passes it on, the process stops for ever. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* tid is at a signal-delivery-stop for SIGSTOP: whether the kernel would have dropped it. */
bool ptrace_own_stop(pid_t tid);
