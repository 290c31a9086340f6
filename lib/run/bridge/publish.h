/* run/bridge/publish.h - which ports of this machine stand for ports of the container. Private to lib/run/bridge/. */
#pragma once

#include "run/bridge/helper.h"

/* All that the options ask for, with numbers; free(). "port-taken" if another program has one of them. */
int run_bridge_publish(const struct run_bridge_options *options, const struct oci_port *exposed, size_t n_exposed,
		       struct run_bridge_port **out, size_t *n, struct err *err) MUST_CHECK;
