#include "probe/http/session.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "os/fd.h"
#include "probe/wire/reach.h"

void probe_session_init(struct probe_session *s, const struct probe_script_options *options,
			const struct exercise_target *target, struct exercise_log *log)
{
	*s = (struct probe_session){.options = options, .target = target, .log = log, .client = probe_session_client()};
	const unsigned ms = options->crawl ? options->crawl->max_ms : 0;
	s->crawl_until = ms ? clock_ms() + ms : UINT64_MAX;
	s->n_passes = options->n_ports ? options->n_ports : target->n_ports;
}

void probe_session_done(struct probe_session *s)
{
	for (size_t i = 0; i < s->variables.count; i++)
		explicit_bzero(s->variables.items[i], strlen(s->variables.items[i]));
	strlist_done(&s->variables);
	net_exchange_client_free(s->client);
	for (size_t i = 0; i < s->n_ports; i++)
		cleanup_closep(&s->ports[i].socket_fd);
	free(s->ports);
	*s = (struct probe_session){0};
}

struct net_exchange_client *probe_session_client(void)
{
	/* Accept any certificate: the network is the container's own. */
	const struct net_exchange_peer peer = {.insecure = true, .cookies = true};
	return net_exchange_client_new(&peer);
}

void probe_session_new_client(struct probe_session *s)
{
	net_exchange_client_free(s->client);
	s->client = probe_session_client();
}

bool probe_port_is_known(const struct probe_port *port, const struct probe_request *q)
{
	return port->met && (port->socket || q->scheme || port->scheme || port->guessed ||
			     !probe_sender_of(q->protocol)->has_scheme);
}

struct probe_port *probe_session_port(struct probe_session *s, uint16_t number, const char *socket)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		const char *known = s->ports[i].socket;
		if (s->ports[i].number == number && (known && socket ? strcmp(known, socket) == 0 : known == socket))
			return &s->ports[i];
	}
	s->ports = mem_grow(s->ports, s->n_ports, &s->cap, sizeof(*s->ports));
	s->ports[s->n_ports] = (struct probe_port){.number = number, .socket = socket, .socket_fd = -1};
	return &s->ports[s->n_ports++];
}

int probe_port_open(const struct probe_session *s, struct probe_port *port, unsigned timeout_ms, struct err *err)
{
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	if (!port->socket || port->socket_fd >= 0)
		return 0;
	int r = probe_wire_reach(&w, s->target, 0, port->socket, timeout_ms, PROBE_WIRE_UP_MS, err);
	if (r == 0)
		r = port->socket_fd = fd_open_in_root(s->target->root, port->socket, O_PATH | O_CLOEXEC, 0, err);
	if (r < 0)
		return r;
	snprintf(port->way, sizeof(port->way), "/proc/self/fd/%d", port->socket_fd);
	return 0;
}
