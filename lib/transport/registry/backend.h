/* transport/registry/backend.h - docker://NAME, a registry. Spec: OCI distribution-spec 1.1. Private to
 * lib/transport/. */
#pragma once

#include "transport/backend.h"

extern const struct transport_backend transport_registry;
