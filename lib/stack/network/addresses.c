#include "stack/network/addresses.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/mem.h"

#define FIRST 2 /* as with Docker: the first address is a gateway's, if there is one */

static bool is_usable(const struct stack_network_subnet *s, uint32_t address)
{
	const uint32_t last = s->base + (uint32_t)(stack_network_subnet_size(s) - 1);
	return stack_network_subnet_has(s, address) && address != s->base && address != last &&
	       !stack_network_is_own(address);
}

/* a->n = nobody. */
static size_t holder_of(const struct stack_network_addresses *a, uint32_t address)
{
	size_t i = 0;
	while (i < a->n && a->given[i] != address)
		i++;
	return i;
}

static int take_wanted(const struct stack_network_addresses *a, const char *network, size_t member, const char *wanted,
		       uint32_t *out, struct err *err)
{
	char text[STACK_NETWORK_SUBNET_TEXT];
	struct in_addr in;
	if (inet_pton(AF_INET, wanted, &in) != 1 || !is_usable(&a->subnet, ntohl(in.s_addr)))
		return err_set(err, ERR_INVAL, "network-address-invalid",
			       "network %s: \"%s\" is not an address that a container of the subnet %s can have",
			       network, wanted, stack_network_subnet_text(&a->subnet, text));
	const size_t holder = holder_of(a, ntohl(in.s_addr));
	if (holder < a->n && holder != member)
		return err_set(err, ERR_INVAL, "network-address-taken",
			       "network %s: two services have the address %s: give each its own", network, wanted);
	*out = ntohl(in.s_addr);
	return 0;
}

static int take_any(const struct stack_network_addresses *a, const char *network, size_t member, uint32_t *out,
		    struct err *err)
{
	char text[STACK_NETWORK_SUBNET_TEXT];
	const uint64_t count = stack_network_subnet_size(&a->subnet) - FIRST - 1;
	for (uint64_t i = 0; i < count; i++) {
		const uint32_t address = a->subnet.base + FIRST + (uint32_t)((member + i) % count);
		if (is_usable(&a->subnet, address) && holder_of(a, address) == a->n) {
			*out = address;
			return 0;
		}
	}
	return err_set(err, ERR_LIMIT, "network-address-missing",
		       "network %s: the subnet %s has too few addresses for its services: use a larger one", network,
		       stack_network_subnet_text(&a->subnet, text));
}

int stack_network_addresses_give(struct stack_network_addresses *a, const char *network, size_t member,
				 const char *wanted, uint32_t *out, struct err *err)
{
	uint32_t address = member < a->n ? a->given[member] : 0;
	int r = 0;
	if (member >= STACK_NETWORK_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, "network-address-missing", "network %s has more than %d services",
			       network, STACK_NETWORK_MEMBERS_MAX);
	if (wanted)
		r = take_wanted(a, network, member, wanted, &address, err);
	else if (!address)
		r = take_any(a, network, member, &address, err);
	if (r < 0)
		return r;
	if (member >= a->n) {
		a->given = mem_realloc(a->given, member + 1, sizeof(*a->given));
		while (a->n <= member)
			a->given[a->n++] = 0;
	}
	a->given[member] = *out = address;
	return 0;
}

void stack_network_addresses_done(struct stack_network_addresses *a)
{
	free(a->given);
	*a = (struct stack_network_addresses){0};
}
