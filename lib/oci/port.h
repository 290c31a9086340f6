/* oci/port.h - a port, and the text by which ExposedPorts and a Dockerfile's EXPOSE name one or a range of them: "80",
 * "80/tcp", "53/udp", "8000-8010". Spec: image-spec 1.1, config.md; Docker's ranges. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct oci_port {
	uint16_t number;
	bool udp; /* else tcp */
};

enum oci_port_protocol { OCI_PORT_TCP, OCI_PORT_UDP, OCI_PORT_SCTP };

struct oci_port_range {
	uint16_t first, last; /* both are in it; first is not 0 */
	enum oci_port_protocol protocol;
};

/* The protocol may be in upper case; the default is tcp. Returns false if s is anything else. */
bool oci_port_range_parse(const char *s, struct oci_port_range *out);

#define OCI_PORT_TEXT (sizeof("65535/udp"))
/* Writes "80/tcp" to out, and returns it. */
const char *oci_port_text(const struct oci_port *port, char out[OCI_PORT_TEXT]);
