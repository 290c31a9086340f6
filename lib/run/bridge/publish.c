#include "run/bridge/publish.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "os/fd.h"

/* Takes the port for a moment, so that what stands in the way is told before the container starts. */
static int try(struct run_bridge_port *p, struct err *err)
{
	char text[OCI_PORT_TEXT];
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(p->number)};
	socklen_t len = sizeof(a);
	const int on = 1;
	if (*p->host && inet_pton(AF_INET, p->host, &a.sin_addr) != 1)
		return err_set(err, ERR_INVAL, "option-value-invalid", "%s is not an IPv4 address", p->host);
	CLEANUP_FD int fd = socket(AF_INET, (p->inside.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !p->inside.udp)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* as the programs do */
	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && (p->inside.udp || listen(fd, 1) == 0) &&
	    getsockname(fd, (struct sockaddr *)&a, &len) == 0) {
		p->number = ntohs(a.sin_port);
		return 0;
	}
	const struct oci_port ours = {p->number, p->inside.udp};
	if (errno == EADDRINUSE)
		return err_set(err, ERR_SYS, "port-taken", "port %s of this machine is taken by another program",
			       oci_port_text(&ours, text));
	return err_sys(err, errno, "port-publish", "port %s of this machine", oci_port_text(&ours, text));
}

static bool is_published(const struct run_bridge_port *ports, size_t n, const struct oci_port *inside)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i].inside.number == inside->number && ports[i].inside.udp == inside->udp)
			return true;
	return false;
}

int run_bridge_publish(const struct run_bridge_options *o, const struct oci_port *exposed, size_t n_exposed,
		       struct run_bridge_port **out, size_t *n, struct err *err)
{
	CLEANUP_FREE struct run_bridge_port *ports = mem_calloc(o->n_ports + n_exposed + 1, sizeof(*ports));
	size_t count = 0;
	for (; count < o->n_ports; count++)
		ports[count] = o->ports[count];
	for (size_t i = 0; o->exposed != RUN_BRIDGE_EXPOSED_NOT && i < n_exposed; i++)
		if (!is_published(ports, count, &exposed[i]))
			ports[count++] = (struct run_bridge_port){
			    .number = o->exposed == RUN_BRIDGE_EXPOSED_SAME ? exposed[i].number : 0,
			    .inside = exposed[i],
			};
	for (size_t i = 0; i < count; i++) {
		int r = try(&ports[i], err);
		if (r < 0)
			return r;
	}
	*out = steal_ptr(&ports);
	*n = count;
	return 0;
}
