/* transport/engine/addresses.h - lists the addresses at which an engine may be. Private to lib/transport/. */
#pragma once

#include "base/err.h"
#include "oci/ref.h"
#include "transport/engine/address.h"

/* In the order of the search, for a source of this scheme. docker-daemon: DOCKER_HOST or DOCKER_CONTEXT or the
 * current context, else the sockets of root's and the user's own docker; containers-storage: CONTAINER_HOST, podman's
 * sockets, "podman:"; OCI_SCHEME_NONE: both. */
int engine_addresses(enum oci_scheme scheme, struct engine_address **out, size_t *count, struct err *err) MUST_CHECK;
void engine_addresses_done(struct engine_address *a, size_t count);
