#include "oci/port.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Reads the number at *p and moves *p behind it. */
static bool parse_number(const char **p, uint16_t *out)
{
	unsigned v = 0, digits = 0;
	for (; **p >= '0' && **p <= '9' && digits <= 5; digits++)
		v = v * 10 + (unsigned)(*(*p)++ - '0');
	*out = (uint16_t)v;
	return digits <= 5 && v >= 1 && v <= UINT16_MAX;
}

static bool parse_protocol(const char *s, enum oci_port_protocol *out)
{
	static const char *const names[] = {
	    [OCI_PORT_TCP] = "/tcp",
	    [OCI_PORT_UDP] = "/udp",
	    [OCI_PORT_SCTP] = "/sctp",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(s, names[i]) == 0) {
			*out = (enum oci_port_protocol)i;
			return true;
		}
	*out = OCI_PORT_TCP;
	return !*s;
}

bool oci_port_range_parse(const char *s, struct oci_port_range *out)
{
	struct oci_port_range r;
	if (!parse_number(&s, &r.first))
		return false;
	r.last = r.first;
	if (*s == '-' && (s++, !parse_number(&s, &r.last)))
		return false;
	if (r.first > r.last || !parse_protocol(s, &r.protocol))
		return false;
	*out = r;
	return true;
}

const char *oci_port_text(const struct oci_port *port, char out[OCI_PORT_TEXT])
{
	snprintf(out, OCI_PORT_TEXT, "%u/%s", port->number, port->udp ? "udp" : "tcp");
	return out;
}
