/* target/ports.h - on which ports a service that runs already listens. */
#pragma once

#include "os/listeners.h"
#include "target/service.h"

/* In the network namespace of the service, which a thread of its own enters. Where that is ours, too, those of its
 * processes alone. For a process, not for a URL. */
int target_ports(const struct target_service *s, struct listeners *out, struct err *err) MUST_CHECK;
