#include "cmd/options/docker_run/publish.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

const char *publish_inside(const char *text)
{
	const char *colon = strrchr(text, ':');
	return colon ? colon + 1 : text;
}

static int malformed(const char *text, const char *why, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-value-invalid",
		       "--publish takes [[IP:]PORT:]PORT[/tcp|/udp]%s, not \"%s\"", why, text);
}

/* Cuts text, IP:PORT of this machine; either may be empty or absent. */
static bool split_outside(char *text, const char **address, const char **ports)
{
	char *colon = strrchr(text, ':');
	*ports = colon ? colon + 1 : text;
	*address = colon ? text : "";
	if (colon)
		*colon = '\0';
	return !colon || *text; /* ":80:80" has an empty address */
}

int publish_parse(const char *text, struct run_bridge_port **out, size_t *n, struct err *err)
{
	struct oci_port_range inside, outside = {0};
	const char *last = publish_inside(text), *address = "", *ports = "";
	CLEANUP_FREE char *before = mem_strndup(text, last > text ? (size_t)(last - text) - 1 : 0);
	struct in_addr any;
	if (!oci_port_range_parse(last, &inside) || inside.protocol == OCI_PORT_SCTP ||
	    !split_outside(before, &address, &ports))
		return malformed(text, "", err);
	if (*address && inet_pton(AF_INET, address, &any) != 1)
		return malformed(text, " with an IP of IPv4", err);
	if (*ports && (!oci_port_range_parse(ports, &outside) || strchr(ports, '/')))
		return malformed(text, "", err);
	const unsigned count = inside.last - inside.first + 1u;
	if (*ports && outside.last - outside.first + 1u != count)
		return malformed(text, " with as many ports on both sides", err);
	*out = mem_realloc(*out, *n + count, sizeof(**out));
	for (unsigned i = 0; i < count; i++) {
		struct run_bridge_port *p = &(*out)[(*n)++];
		*p = (struct run_bridge_port){
		    .number = *ports ? (uint16_t)(outside.first + i) : 0,
		    .inside = {(uint16_t)(inside.first + i), inside.protocol == OCI_PORT_UDP},
		};
		if (strcmp(address, "0.0.0.0") != 0)
			memcpy(p->host, address, strlen(address) + 1);
	}
	return 0;
}
