/* run/readiness.h - decides when a service is ready, from the ports on which it listens and from what it prints, and
 * which ports are exercised then. Never waits. */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "run/machine.h"
#include "trace/trace.h"

/* The conditions to wait for, if the user named any. All zero = none: the ports that the image exposes. */
struct run_ready {
	bool asked;            /* what the image exposes is not waited for, unless any_port */
	bool any_port;         /* one that the image exposes, or any if it exposes none */
	const uint16_t *ports; /* tcp; all of them */
	size_t n_ports;
	const struct strlist *prints; /* extended regular expressions: a line for each; NULL = none */
};

struct run_readiness {
	const struct oci_image_config *config; /* borrowed, as ready */
	const struct run_ready *ready;         /* NULL = nothing asked */
	bool is_strict;                        /* the user named ports: no others will do */
	bool needs_port;                       /* a port is waited for even if the image exposes none */
	struct oci_port *ports;                /* tcp ports that listen, in the order of their appearance */
	size_t n_ports, cap;
	bool exposed_udp; /* an exposed udp port is bound */
};

void run_readiness_done(struct run_readiness *r);
/* Notes that a port listens (tcp) or is bound (udp). */
void run_readiness_add(struct run_readiness *r, const struct trace_port *port);
/* Whether there is a port to wait for. */
bool run_readiness_waits(const struct run_readiness *r);
/* Which of the awaited ports listen. RUN_PORTS_OTHER: none of them, but others, if those will do. */
enum run_ports run_readiness_reached(const struct run_readiness *r);
/* The tcp ports to exercise: exposed ports that listen, then others except dynamic ones. If that leaves none, all ports
 * that listen. free(). */
struct oci_port *run_readiness_ports(const struct run_readiness *r, size_t *n);
/* A remark for the user on the ports to exercise: which of them the image does not expose, or that none of the exposed
 * ports listens. free(). NULL = no remark. */
char *run_readiness_remark(const struct run_readiness *r);
/* Whether the kernel may have chosen the port. If it did, the next run has another one. */
bool run_readiness_is_dynamic(uint16_t port);
/* Appends the conditions: "listened on port 80/tcp and printed a line that matches `x`". */
void run_readiness_wanted(const struct run_readiness *r, struct buf *out);
/* Returns ERR_UNPROVEN. The message names what was waited for, and the ports that listen instead. */
int run_readiness_late(const struct run_readiness *r, unsigned seconds, struct err *err);
