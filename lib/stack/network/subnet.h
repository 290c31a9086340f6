/* stack/network/subnet.h - IPv4 subnets: read, compared, and chosen. Private to lib/stack/network/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct stack_network_subnet {
	uint32_t base;   /* its first address, in the order of this machine's bytes */
	unsigned prefix; /* bits; STACK_NETWORK_PREFIX_MIN to STACK_NETWORK_PREFIX_MAX if it is a network's */
};
#define STACK_NETWORK_PREFIX_MIN 8
#define STACK_NETWORK_PREFIX_MAX 30
#define STACK_NETWORK_SUBNET_TEXT 19 /* bytes, with the NUL */

uint64_t stack_network_subnet_size(const struct stack_network_subnet *s); /* addresses */
bool stack_network_subnet_has(const struct stack_network_subnet *s, uint32_t address);
bool stack_network_subnets_overlap(const struct stack_network_subnet *a, const struct stack_network_subnet *b);
const char *stack_network_subnet_text(const struct stack_network_subnet *s, char out[STACK_NETWORK_SUBNET_TEXT]);

/* "A.B.C.D/BITS" of a user, for the network of this name. Bits of the address behind the prefix are dropped.
 * "network-subnet-invalid": not one that containers can have addresses of. */
int stack_network_subnet_parse(const char *text, const char *network, struct stack_network_subnet *out,
			       struct err *err) MUST_CHECK;

/* Where this machine's routes lead, from a text as of /proc/net/route, except those of less than
 * STACK_NETWORK_PREFIX_MIN bits: the way to the outside. Returns how many; *out: free(). */
size_t stack_network_routes_parse(const char *text, struct stack_network_subnet **out);
/* The same of the machine, as this thread sees it. */
int stack_network_routes(struct stack_network_subnet **out, size_t *n, struct err *err) MUST_CHECK;

/* The first that overlaps with none of the n that are taken and none of slim's own. It is in a range in which Docker's
 * are, too, if possible: programs trust these. "network-subnet-missing": all are taken. */
int stack_network_subnet_choose(const struct stack_network_subnet *taken, size_t n, struct stack_network_subnet *out,
				struct err *err) MUST_CHECK;
/* Whether an address is one of RUNTIME_NETWORK_BRIDGE, which every container with a way out has. */
bool stack_network_is_own(uint32_t address);
