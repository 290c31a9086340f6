/* stack/network/addresses.h - which member of a network has which address. Private to lib/stack/network/.
 * A member keeps its address. Those that want one must be asked for first: the others then go round it. */
#pragma once

#include "stack/network/subnet.h"

#define STACK_NETWORK_MEMBERS_MAX 1023 /* what a bridge of Linux takes */

struct stack_network_addresses {
	struct stack_network_subnet subnet;
	uint32_t *given; /* by member; 0 = none yet */
	size_t n;
};

/* network: its name. wanted: of the user, NULL = any. "network-address-invalid": wanted is not an address of the subnet
 * that a container can have. "network-address-taken": another member has it. ERR_LIMIT: too many members. */
int stack_network_addresses_give(struct stack_network_addresses *a, const char *network, size_t member,
				 const char *wanted, uint32_t *out, struct err *err) MUST_CHECK;
void stack_network_addresses_done(struct stack_network_addresses *a);
