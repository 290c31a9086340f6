/* probe/wire/reach.h - opens a wire to a service in a container, on a port or on a unix socket. */
#pragma once

#include "exercise/exercise.h"
#include "probe/wire/wire.h"

#define PROBE_WIRE_UP_MS 30000 /* how long a service may take that does not listen yet */

/* socket: the path in the container, instead of a port; NULL = none. The timeout is that of the wire. Tries again for
 * wait_ms as long as nothing listens. *out is valid in any case; the errors are those of wire.h, and ERR_NOTFOUND for a
 * socket that is not there. */
int probe_wire_reach(struct probe_wire *out, const struct exercise_target *t, uint16_t port, const char *socket,
		     unsigned timeout_ms, unsigned wait_ms, struct err *err) MUST_CHECK;
