/* runtime/network.h - a container's network namespace: entering it, and the name servers that it reaches. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum runtime_network {
	RUNTIME_NETWORK_PRIVATE, /* one of its own, with loopback */
	RUNTIME_NETWORK_HOST,    /* the machine's */
	RUNTIME_NETWORK_JOINED,  /* one that is there already; it is used as it is */
	RUNTIME_NETWORK_BRIDGE,  /* one that was made for it, with a way to the outside */
};

/* Of RUNTIME_NETWORK_BRIDGE, the same on every machine: the container's address, and who answers for the outside. */
#define RUNTIME_NETWORK_ADDRESS "10.0.2.100"
#define RUNTIME_NETWORK_PREFIX "24"
#define RUNTIME_NETWORK_GATEWAY "10.0.2.2"
#define RUNTIME_NETWORK_DNS "10.0.2.3" /* if it was asked for */
#define RUNTIME_NETWORK_INTERFACE "eth0"

/* The machine's /etc/resolv.conf, if there is one. */
int runtime_network_read_resolv(struct buf *out, struct err *err) MUST_CHECK;
/* Copies its lines, except name servers that RUNTIME_NETWORK_BRIDGE does not reach: those on this machine's loopback,
 * on addresses that mean something else there, and those of IPv6. Returns whether a name server is left. */
bool runtime_network_filter_resolv(const struct buf *host, struct buf *out);

/* fd of the network namespace of a process. */
int runtime_network_of(pid_t pid, struct err *err) MUST_CHECK;
/* Move the calling thread (and what it starts) into it. 0 or an errno; async-signal-safe. */
int runtime_network_enter(int ns);
