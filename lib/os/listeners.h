/* os/listeners.h - which tcp sockets listen in the calling thread's network namespace, and at which address each of
 * them is reached from inside it. Spec: sock_diag(7), linux/inet_diag.h. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

/* One port. Of several sockets that listen on it, the one that is reached in the most usual way counts: 127.0.0.1, then
 * ::1, then another address of IPv4, then one of IPv6. */
struct listener {
	uint16_t port;
	char address[INET6_ADDRSTRLEN]; /* numeric */
	unsigned rank;                  /* of the address; 0 = 127.0.0.1 */
};

struct listeners {
	struct listener *items; /* in no order, each port once */
	size_t count, cap;
};

/* The kernel may not tell (ERR_SYS). Otherwise out receives all of them. */
int listeners_read(struct listeners *out, struct err *err) MUST_CHECK;
/* The same, of those sockets alone whose inode counts. */
typedef bool listeners_filter(void *ctx, uint64_t inode);
int listeners_read_some(listeners_filter *counts, void *ctx, struct listeners *out, struct err *err) MUST_CHECK;
/* Adds a socket that is bound to address (struct in_addr or in6_addr, by family). v6_only: one of IPv6 takes no
 * connection of IPv4. */
void listeners_add(struct listeners *l, int family, const void *address, bool v6_only, uint16_t port);
/* NULL = nothing listens on that port. */
const char *listeners_address(const struct listeners *l, uint16_t port);
void listeners_done(struct listeners *l);
#define CLEANUP_LISTENERS CLEANUP(listeners_done)
