#include "stack/network/network.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "run/bridge/keeper.h"
#include "stack/network/addresses.h"
#include "stack/network/links.h"
#include "stack/network/netlink.h"

struct network {
	char *name;
	char bridge[IF_NAMESIZE]; /* in the hub, where no other stack's are */
	bool internal;
	struct stack_network_addresses addresses;
};

struct stack_network {
	struct run_bridge_keeper hub;
	struct network *items;
	size_t count;
	pthread_mutex_t lock; /* of socket: an answer is read by who asked */
	int socket;           /* of the hub */
};

/* ---- subnets ---- */

/* Those that the user names. */
static int take_named(struct stack_network *n, const struct stack_network_plan *plans, struct err *err)
{
	for (size_t i = 0; i < n->count; i++) {
		struct stack_network_subnet *s = &n->items[i].addresses.subnet;
		int r = plans[i].subnet ? stack_network_subnet_parse(plans[i].subnet, plans[i].name, s, err) : 0;
		if (r < 0)
			return r;
		for (size_t k = 0; plans[i].subnet && k < i; k++)
			if (plans[k].subnet && stack_network_subnets_overlap(s, &n->items[k].addresses.subnet))
				return err_set(err, ERR_INVAL, "network-subnet-taken",
					       "networks %s and %s: the subnets %s and %s overlap: give each its own",
					       plans[k].name, plans[i].name, plans[k].subnet, plans[i].subnet);
	}
	return 0;
}

static int choose_others(struct stack_network *n, const struct stack_network_plan *plans, struct err *err)
{
	CLEANUP_FREE struct stack_network_subnet *taken = NULL;
	size_t n_taken = 0;
	int r = stack_network_routes(&taken, &n_taken, err);
	if (r < 0)
		return r;
	taken = mem_realloc(taken, n_taken + n->count + 1, sizeof(*taken));
	for (size_t i = 0; i < n->count; i++)
		if (plans[i].subnet)
			taken[n_taken++] = n->items[i].addresses.subnet;
	for (size_t i = 0; r == 0 && i < n->count; i++) {
		struct stack_network_subnet *s = &n->items[i].addresses.subnet;
		if (plans[i].subnet)
			continue;
		r = stack_network_subnet_choose(taken, n_taken, s, err);
		taken[n_taken++] = *s;
	}
	return r;
}

/* ---- the hub ---- */

static int make_hub(struct stack_network *n, struct err *err)
{
	int r = run_bridge_keeper_start(&n->hub, err);
	if (r < 0)
		return r;
	CLEANUP_FD int namespace = stack_network_namespace_open(n->hub.path, err);
	if (namespace < 0)
		return namespace;
	n->socket = stack_network_socket_open(namespace, err);
	if (n->socket < 0)
		return n->socket;
	for (size_t i = 0; i < n->count; i++) {
		int e = stack_network_bridge_add(n->socket, n->items[i].bridge);
		if (e)
			return err_sys(err, e, "network-create",
				       "network %s: cannot create a bridge (kernel module bridge)", n->items[i].name);
	}
	return 0;
}

int stack_network_open(const struct stack_network_plan *plans, size_t n, struct stack_network **out, struct err *err)
{
	if (n > STACK_NETWORKS_MAX)
		return err_set(err, ERR_LIMIT, "network-too-many", "the stack has more than %d networks",
			       STACK_NETWORKS_MAX);
	struct stack_network *made = mem_alloc(sizeof(*made));
	*made = (struct stack_network){RUN_BRIDGE_KEEPER_NONE, mem_calloc(n + 1, sizeof(*made->items)), n,
				       PTHREAD_MUTEX_INITIALIZER, -1};
	for (size_t i = 0; i < n; i++) {
		made->items[i].name = mem_strdup(plans[i].name);
		made->items[i].internal = plans[i].internal;
		snprintf(made->items[i].bridge, IF_NAMESIZE, "br%u", (unsigned)i);
	}
	int r = take_named(made, plans, err);
	if (r == 0)
		r = choose_others(made, plans, err);
	if (r == 0)
		r = make_hub(made, err);
	if (r < 0)
		stack_network_close(made);
	else
		*out = made;
	return r;
}

void stack_network_close(struct stack_network *n)
{
	if (!n)
		return;
	cleanup_closep(&n->socket);
	run_bridge_keeper_end(&n->hub);
	for (size_t i = 0; i < n->count; i++) {
		free(n->items[i].name);
		stack_network_addresses_done(&n->items[i].addresses);
	}
	free(n->items);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

/* ---- members ---- */

bool stack_network_leads_out(const struct stack_network *n, const size_t *networks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!n->items[networks[i]].internal)
			return true;
	return false;
}

int stack_network_address(struct stack_network *n, size_t network, size_t member, const char *wanted,
			  char out[INET_ADDRSTRLEN], struct err *err)
{
	struct network *w = &n->items[network];
	uint32_t address;
	int r = stack_network_addresses_give(&w->addresses, w->name, member, wanted, &address, err);
	if (r < 0)
		return r;
	const struct in_addr a = {htonl(address)};
	inet_ntop(AF_INET, &a, out, INET_ADDRSTRLEN);
	return 0;
}

int stack_network_attach(struct stack_network *n, const char *namespace_path, size_t network, const char *address,
			 unsigned nth_interface, struct err *err)
{
	const struct network *w = &n->items[network];
	struct in_addr a;
	if (inet_pton(AF_INET, address, &a) != 1)
		return err_set(err, ERR_INVAL, "network-address-invalid", "network %s: \"%s\" is not an address",
			       w->name, address);
	CLEANUP_FD int namespace = stack_network_namespace_open(namespace_path, err);
	if (namespace < 0)
		return namespace;
	CLEANUP_FD int inside = stack_network_socket_open(namespace, err);
	if (inside < 0)
		return inside;
	struct stack_network_pair pair = {.bridge = w->bridge,
					  .namespace = namespace,
					  .address = ntohl(a.s_addr),
					  .prefix = w->addresses.subnet.prefix};
	/* of the network and the address: two such are never there at the same time */
	snprintf(pair.near, sizeof(pair.near), "v%u-%08" PRIx32, (unsigned)network & 0xffff, pair.address);
	snprintf(pair.far, sizeof(pair.far), "eth%u", nth_interface % 10000);
	pthread_mutex_lock(&n->lock);
	int e = stack_network_pair_add(n->socket, inside, &pair);
	pthread_mutex_unlock(&n->lock);
	return e ? err_sys(err, e, "network-attach",
			   "network %s: cannot create %s with the address %s (kernel module veth)", w->name, pair.far,
			   address)
		 : 0;
}
