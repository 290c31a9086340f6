/* stack/network/links.h - bridges, and pairs of interfaces that lead to them. Private to lib/stack/network/.
 * All functions return 0, or the errno with which the kernel refuses it. socket: see netlink.h. */
#pragma once

#include <net/if.h>
#include <stdint.h>

#include "base/err.h"

/* A bridge that is up and has no address. */
int stack_network_bridge_add(int socket, const char *name) MUST_CHECK;

/* Two interfaces; what one sends, the other receives. */
struct stack_network_pair {
	char near[IF_NAMESIZE], far[IF_NAMESIZE]; /* the names of its ends */
	const char *bridge;                       /* which near belongs to */
	int namespace;                            /* where far is */
	uint32_t address;                         /* of far, in the order of this machine's bytes */
	unsigned prefix;
};
/* hub: the socket of the bridge and of near. inside: that of far. Then both are up, and far has the address. A pair
 * whose near has this name, and its far, is removed before. */
int stack_network_pair_add(int hub, int inside, const struct stack_network_pair *p) MUST_CHECK;
