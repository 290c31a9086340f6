#include "run/readiness.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

void run_readiness_done(struct run_readiness *r)
{
	free(r->ports);
	*r = (struct run_readiness){0};
}

static bool exposes(const struct run_readiness *r, uint16_t number, bool udp)
{
	for (size_t i = 0; i < r->config->n_ports; i++)
		if (r->config->ports[i].number == number && r->config->ports[i].udp == udp)
			return true;
	return false;
}

static bool listens(const struct run_readiness *r, uint16_t number)
{
	for (size_t i = 0; i < r->n_ports; i++)
		if (r->ports[i].number == number)
			return true;
	return false;
}

void run_readiness_add(struct run_readiness *r, const struct trace_port *port)
{
	if (port->udp) {
		r->exposed_udp |= exposes(r, port->number, true);
		return;
	}
	if (listens(r, port->number))
		return;
	r->ports = mem_grow(r->ports, r->n_ports, &r->cap, sizeof(*r->ports));
	r->ports[r->n_ports++] = (struct oci_port){.number = port->number};
}

bool run_readiness_waits(const struct run_readiness *r)
{
	return r->config->n_ports || r->needs_port;
}

bool run_readiness_reached(const struct run_readiness *r, bool *all)
{
	size_t tcp = 0, up = 0;
	for (size_t i = 0; i < r->config->n_ports; i++)
		if (!r->config->ports[i].udp) {
			tcp++;
			up += listens(r, r->config->ports[i].number);
		}
	*all = up == tcp;
	if (tcp)
		return up > 0;
	return r->config->n_ports ? r->exposed_udp : r->n_ports > 0;
}

struct oci_port *run_readiness_ports(const struct run_readiness *r, size_t *n)
{
	struct oci_port *ports = mem_calloc(r->n_ports, sizeof(*ports));
	*n = 0;
	for (size_t i = 0; i < r->n_ports; i++)
		if (!r->config->n_ports || exposes(r, r->ports[i].number, false))
			ports[(*n)++] = r->ports[i];
	return ports;
}

int run_readiness_late(const struct run_readiness *r, unsigned seconds, struct err *err)
{
	CLEANUP_BUF struct buf want = {0}, have = {0};
	for (size_t i = 0; i < r->config->n_ports; i++)
		buf_printf(&want, "%s%u/%s", i ? ", " : "port ", r->config->ports[i].number,
			   r->config->ports[i].udp ? "udp" : "tcp");
	for (size_t i = 0; i < r->n_ports; i++)
		buf_printf(&have, "%s%u", i ? ", " : "", r->ports[i].number);
	return err_set(err, ERR_UNPROVEN, "service-never-listened",
		       "the service did not listen on %s within %u s (it listens on: %s); see --ready-timeout",
		       want.len ? want.data : "any port", seconds, have.len ? have.data : "nothing");
}
