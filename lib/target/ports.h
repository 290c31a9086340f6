/* target/ports.h - on which ports a service that runs already listens. */
#pragma once

#include "os/listeners.h"
#include "target/service.h"

/* Lists the ports in the network namespace of the service, which a separate thread enters. If that namespace is slim's
 * own, too, lists only the ports of the service's processes. For a process, not for a URL. */
int target_ports(const struct target_service *s, struct listeners *out, struct err *err) MUST_CHECK;
