/* pipeline/readiness.h - when a service is ready: told from the ports that it listens on, never by waiting. */
#pragma once

#include "oci/image_config.h"
#include "trace/trace.h"

struct readiness {
	const struct oci_image_config *config; /* borrowed */
	bool needs_port;                       /* a port is waited for even if the image exposes none */
	struct oci_port *ports;                /* tcp ports that listen, in the order of their appearance */
	size_t n_ports, cap;
	bool exposed_udp; /* an exposed udp port is bound */
};

void readiness_done(struct readiness *r);
/* Something listens. */
void readiness_add(struct readiness *r, const struct trace_port *port);
/* Whether there is a port to wait for; without one the container is ready when it has started. */
bool readiness_waits(const struct readiness *r);
/* Whether a port that was waited for listens: an exposed one where there are any. *all: no other exposed tcp port
 * is missing. */
bool readiness_reached(const struct readiness *r, bool *all);
/* The tcp ports to exercise: the exposed ones; where none is exposed, all that listen. free(). */
struct oci_port *readiness_ports(const struct readiness *r, size_t *n);
/* ERR_TIMEOUT: what was waited for, and what listens instead. */
int readiness_late(const struct readiness *r, unsigned seconds, struct err *err);
