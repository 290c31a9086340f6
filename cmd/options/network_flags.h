/* cmd/options/network_flags.h - the options of the container's network, like those of docker run. */
#pragma once

#include "cmd/options/option.h"
#include "oci/port.h"
#include "run/options.h"

/* A member of container_flags. */
struct network_flags {
	const char *network; /* NULL = not given */
	bool publish_all, publish_exposed;
	struct strlist hosts, dns, dns_search, publish;
};

extern const struct option_group network_flags_group;

void network_flags_init(struct network_flags *f);
void network_flags_done(struct network_flags *f);

/* Fills the options for the network, which borrow from f. Appends lines of hosts(5) to *hosts, and the ports that are
 * published to *expose, to be waited for. *ports: these, as this machine has them, which out borrows; free().
 * ERR_INVAL, ERR_NOTFOUND. */
int network_flags_use(const struct network_flags *f, struct strlist *hosts, struct oci_port **expose, size_t *n_expose,
		      struct run_bridge_port **ports, struct run_options *out, struct err *err) MUST_CHECK;
bool network_flags_publish(const struct network_flags *f); /* whether the user wants ports published */
/* Appends a line of hosts(5) for NAME:ADDRESS (or NAME=ADDRESS). gateway: the address for "host-gateway"; NULL if
 * there is no gateway. */
int network_flags_add_host(const char *text, const char *option, const char *gateway, struct strlist *out,
			   struct err *err) MUST_CHECK;
