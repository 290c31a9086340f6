#include "run/readiness.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

/* Where Linux looks for a port if the program names none (ip_local_port_range, its default). */
#define DYNAMIC_FIRST 32768
#define DYNAMIC_LAST 60999

void run_readiness_done(struct run_readiness *r)
{
	free(r->ports);
	*r = (struct run_readiness){0};
}

bool run_readiness_is_dynamic(uint16_t port)
{
	return port >= DYNAMIC_FIRST && port <= DYNAMIC_LAST;
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

/* ---- what is waited for ---- */

static size_t n_named(const struct run_readiness *r)
{
	return r->ready ? r->ready->n_ports : 0;
}

/* Whether the image's ports are waited for. */
static bool is_usual(const struct run_readiness *r)
{
	return !r->ready || !r->ready->asked || r->ready->any_port;
}

bool run_readiness_waits(const struct run_readiness *r)
{
	bool any = r->config->n_ports || r->needs_port || (r->ready && r->ready->any_port);
	return n_named(r) || (is_usual(r) && any);
}

static enum run_ports usual_reached(const struct run_readiness *r)
{
	size_t tcp = 0, up = 0;
	for (size_t i = 0; i < r->config->n_ports; i++)
		if (!r->config->ports[i].udp) {
			tcp++;
			up += listens(r, r->config->ports[i].number);
		}
	if (tcp ? up == tcp : r->exposed_udp)
		return RUN_PORTS_ALL;
	if (up)
		return RUN_PORTS_SOME;
	if (!r->n_ports || r->is_strict)
		return RUN_PORTS_NONE;
	return !r->config->n_ports && run_readiness_waits(r) ? RUN_PORTS_ALL : RUN_PORTS_OTHER;
}

enum run_ports run_readiness_reached(const struct run_readiness *r)
{
	for (size_t i = 0; i < n_named(r); i++)
		if (!listens(r, r->ready->ports[i]))
			return RUN_PORTS_NONE;
	return is_usual(r) ? usual_reached(r) : RUN_PORTS_ALL;
}

/* ---- what is exercised ---- */

/* Appends those ports that listen and are (not) exposed. */
static void add_ports(const struct run_readiness *r, bool exposed, bool dynamic, struct oci_port *out, size_t *n)
{
	for (size_t i = 0; i < r->n_ports; i++)
		if (exposes(r, r->ports[i].number, false) == exposed &&
		    (exposed || dynamic || !run_readiness_is_dynamic(r->ports[i].number)))
			out[(*n)++] = r->ports[i];
}

struct oci_port *run_readiness_ports(const struct run_readiness *r, size_t *n)
{
	struct oci_port *ports = mem_calloc(r->n_ports, sizeof(*ports));
	*n = 0;
	add_ports(r, true, false, ports, n);
	add_ports(r, false, false, ports, n);
	if (!*n)
		add_ports(r, false, true, ports, n);
	return ports;
}

char *run_readiness_remark(const struct run_readiness *r)
{
	CLEANUP_BUF struct buf other = {0}, exposed = {0};
	size_t n, n_other = 0;
	bool served = false, names_tcp = false;
	CLEANUP_FREE struct oci_port *ports = run_readiness_ports(r, &n);
	for (size_t i = 0; i < n; i++)
		if (exposes(r, ports[i].number, false))
			served = true;
		else
			buf_printf(&other, "%s%u/tcp", n_other++ ? ", " : "", ports[i].number);
	for (size_t i = 0; i < r->config->n_ports; i++)
		if (!r->config->ports[i].udp) {
			buf_printf(&exposed, "%s%u/tcp", names_tcp ? ", " : "", r->config->ports[i].number);
			names_tcp = true;
		}
	if (!n_other)
		return NULL;
	return mem_printf("the service listens on port %s, which the image does not expose: it was driven "
			  "there%s%s%s",
			  other.data, served || !names_tcp ? "" : ", as nothing listens on the exposed port ",
			  served || !names_tcp ? "" : exposed.data, served ? ", too" : "");
}

/* ---- messages ---- */

static void add_wanted_ports(const struct run_readiness *r, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < n_named(r); i++)
		buf_printf(out, "%s%u/tcp", n++ ? ", " : "port ", r->ready->ports[i]);
	for (size_t i = 0; is_usual(r) && i < r->config->n_ports; i++)
		buf_printf(out, "%s%u/%s", n++ ? ", " : "port ", r->config->ports[i].number,
			   r->config->ports[i].udp ? "udp" : "tcp");
	if (!n)
		buf_str(out, "any port");
}

void run_readiness_wanted(const struct run_readiness *r, struct buf *out)
{
	const char *between = "";
	if (run_readiness_waits(r)) {
		buf_str(out, "listened on ");
		add_wanted_ports(r, out);
		between = " and ";
	}
	for (size_t i = 0; r->ready && r->ready->prints && i < r->ready->prints->count; i++) {
		buf_printf(out, "%sprinted a line that matches `%s`", between, r->ready->prints->items[i]);
		between = " and ";
	}
}

int run_readiness_late(const struct run_readiness *r, unsigned seconds, struct err *err)
{
	CLEANUP_BUF struct buf want = {0}, have = {0};
	enum run_ports reached = run_readiness_reached(r);
	for (size_t i = 0; i < r->n_ports; i++)
		buf_printf(&have, "%s%u", i ? ", " : "", r->ports[i].number);
	if (run_readiness_waits(r) && (reached == RUN_PORTS_NONE || reached == RUN_PORTS_OTHER)) {
		add_wanted_ports(r, &want);
		return err_set(err, ERR_UNPROVEN, "service-never-listened",
			       "the service did not listen on %s within %u s (it listens on: %s); see --ready-timeout",
			       want.data, seconds, have.len ? have.data : "nothing");
	}
	run_readiness_wanted(r, &want);
	return err_set(err, ERR_UNPROVEN, "service-not-ready",
		       "the service was not ready within %u s: it never %s; see --ready-timeout", seconds,
		       want.len ? want.data : "started");
}
