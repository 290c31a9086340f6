/* runtime/network.h - entering a container's network namespace. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

enum runtime_network {
	RUNTIME_NETWORK_PRIVATE, /* one of its own, with loopback */
	RUNTIME_NETWORK_HOST,    /* the machine's */
	RUNTIME_NETWORK_JOINED,  /* one that is there already; it is used as it is */
};

/* fd of the network namespace of a process. */
int runtime_network_of(pid_t pid, struct err *err) MUST_CHECK;
/* Move the calling thread (and what it starts) into it. 0 or an errno; async-signal-safe. */
int runtime_network_enter(int ns);
