/* run/readiness.h - decides when a service is ready, from the ports on which it listens. Never waits. */
#pragma once

#include "oci/image_config.h"
#include "trace/trace.h"

struct run_readiness {
	const struct oci_image_config *config; /* borrowed */
	bool needs_port;                       /* a port is waited for even if the image exposes none */
	struct oci_port *ports;                /* tcp ports that listen, in the order of their appearance */
	size_t n_ports, cap;
	bool exposed_udp; /* an exposed udp port is bound */
};

void run_readiness_done(struct run_readiness *r);
/* Notes that a port listens (tcp) or is bound (udp). */
void run_readiness_add(struct run_readiness *r, const struct trace_port *port);
/* Whether there is a port to wait for. If not, the container is ready when it has started. */
bool run_readiness_waits(const struct run_readiness *r);
/* Whether an awaited port listens: an exposed one, or any if the image exposes none. *all: every exposed tcp port
 * listens. */
bool run_readiness_reached(const struct run_readiness *r, bool *all);
/* The listening tcp ports to exercise: the exposed ones, or all if the image exposes none. free(). */
struct oci_port *run_readiness_ports(const struct run_readiness *r, size_t *n);
/* Returns ERR_UNPROVEN. The message names the awaited ports and those that listen instead. */
int run_readiness_late(const struct run_readiness *r, unsigned seconds, struct err *err);
