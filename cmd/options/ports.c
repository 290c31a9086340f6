#include "cmd/options/ports.h"

#include "base/mem.h"

int ports_parse(const struct strlist *texts, const char *option, struct oci_port **out, size_t *n, struct err *err)
{
	size_t cap = *n;
	for (size_t i = 0; i < texts->count; i++) {
		struct oci_port_range range;
		if (!oci_port_range_parse(texts->items[i], &range) || range.protocol == OCI_PORT_SCTP)
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--%s takes PORT[-PORT][/tcp|/udp], not \"%s\"", option, texts->items[i]);
		for (unsigned port = range.first; port <= range.last; port++) {
			*out = mem_grow(*out, *n, &cap, sizeof(**out));
			(*out)[(*n)++] =
			    (struct oci_port){.number = (uint16_t)port, .udp = range.protocol == OCI_PORT_UDP};
		}
	}
	return 0;
}
