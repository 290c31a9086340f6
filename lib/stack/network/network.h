/* stack/network/network.h - the networks of several containers. Each is a bridge in one namespace of slim's own, the
 * hub, which has no address and leads nowhere. A container that joins one gets an interface to its bridge, beside what
 * it has from run/bridge/: its way to the outside stays the one of a single container, and containers without a common
 * network do not reach each other. Works as root and as root of slim's user namespace; no program is needed.
 *
 * Names: the containers find each other by /etc/hosts (runtime_bundle_options.hosts), which is written before they
 * start, as addresses are given ahead. glibc, musl, Go, Java, node and nginx's upstream names read it. What only asks
 * a name server does not: dig, nginx's directive `resolver`, haproxy's section `resolvers`, node's dns.resolve.
 * Interfaces: a container with a way out has it as eth0, with the default route, and its networks are eth1, eth2, ..;
 * one without has its networks as eth0, eth1, ..
 *
 * Lifetime: _open from a thread that stays until _close: the hub ends with it, and with slim, however slim ends.
 * Threads: _attach from any; all else from one at a time. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct stack_network_plan {
	const char *name;   /* for messages */
	bool internal;      /* it does not give a container a way to the outside */
	const char *subnet; /* "172.28.0.0/16"; NULL = one that overlaps with no other network, with no route of this
			     * machine, and not with slim's own 10.0.2.0/24 */
};
#define STACK_NETWORKS_MAX 256

struct stack_network;

/* Makes n networks, whose numbers are their places in plans. ERR_INVAL, ERR_UNSUPPORTED: a subnet can't be one
 * ("network-subnet-invalid"), or is another network's, too ("network-subnet-taken"). */
int stack_network_open(const struct stack_network_plan *plans, size_t n, struct stack_network **out,
		       struct err *err) MUST_CHECK;

/* Whether a container on these count networks has a way to the outside: one of them is not internal. */
bool stack_network_leads_out(const struct stack_network *n, const size_t *networks, size_t count);

/* The address of the nth member (from 0) of a network, as text. The member keeps it, whether it is attached or not.
 * wanted: an address that the user names, or NULL. Ask for the members with one first, and the others go round it.
 * "network-address-invalid", "network-address-taken", "network-address-missing": see addresses.h. */
int stack_network_address(struct stack_network *n, size_t network, size_t member, const char *wanted,
			  char out[INET_ADDRSTRLEN], struct err *err) MUST_CHECK;

/* Gives the network namespace at this path (of run_bridge_options.made) an interface eth<nth_interface> to the network,
 * with an address of stack_network_address. Whoever had the address before is detached: a container that is started
 * again needs no word about its first life. */
int stack_network_attach(struct stack_network *n, const char *namespace_path, size_t network, const char *address,
			 unsigned nth_interface, struct err *err) MUST_CHECK;

/* Every bridge, and every interface to one, ends with it. NULL = nothing. */
void stack_network_close(struct stack_network *n);
