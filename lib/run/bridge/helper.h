/* run/bridge/helper.h - the programs that carry a container's traffic, and what is asked of them. */
#pragma once

#include <netinet/in.h>

#include "base/err.h"
#include "base/strlist.h"
#include "oci/port.h"

/* A port of the container as this machine has it. */
struct run_bridge_port {
	char host[INET_ADDRSTRLEN]; /* the address; "" = all of IPv4 */
	uint16_t number;            /* of this machine, 0 = one that is free */
	struct oci_port inside;
};

/* The wanted namespace, for the programs' command lines. Borrowed. */
struct run_bridge_plan {
	const char *namespace; /* path of the network namespace */
	const char *ready;     /* path of a pipe: written to when all is ready; */
	int ready_fd;          /* the same, which the program inherits */
	bool forwards_names;   /* RUNTIME_NETWORK_DNS answers as this machine's name servers do */
	const struct run_bridge_port *ports;
	size_t n_ports;
};

/* One of the programs. */
struct run_bridge_helper {
	const char *program, *package;
	bool needs_outside; /* on a machine without a route to the outside it does nothing, not even publish */
	void (*add_argv)(const struct run_bridge_plan *plan, struct strlist *argv);
	/* Once it is ready: forwards the ports. dir: its working directory. NULL = the command line says it. */
	int (*forward)(int dir, const struct run_bridge_plan *plan, struct err *err);
};
extern const struct run_bridge_helper run_bridge_pasta, run_bridge_slirp4netns;

/* The bridge that a run asks for. */
struct run_bridge_options {
	const struct run_bridge_helper *helper; /* NULL = no way out, only loopback */
	const struct run_bridge_port *ports;    /* borrowed */
	size_t n_ports;
	enum run_bridge_exposed {
		RUN_BRIDGE_EXPOSED_NOT,
		RUN_BRIDGE_EXPOSED_ANYWHERE, /* each port that the image exposes, on one of this machine that is free */
		RUN_BRIDGE_EXPOSED_SAME,     /* on the same one */
	} exposed;
	bool names_servers; /* the user names name servers */
	/* Called when the namespace is there, with its way out and before the container joins it: adds further
	 * interfaces. NULL = none. A negative code ends the run. */
	int (*made)(void *ctx, const char *namespace_path, struct err *err);
	void *made_ctx;
};
