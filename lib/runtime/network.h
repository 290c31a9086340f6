/* runtime/network.h - entering a container's network namespace. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

enum runtime_network { RUNTIME_NETWORK_PRIVATE, RUNTIME_NETWORK_HOST };

/* fd of the network namespace of a process. */
int runtime_network_of(pid_t pid, struct err *err) MUST_CHECK;
/* Move the calling thread (and what it starts) into it. 0 or an errno; async-signal-safe. */
int runtime_network_enter(int ns);
