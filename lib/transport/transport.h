/* transport/transport.h - where images come from and go to: sources and sinks over a table of backends by scheme.
 * A backend is one file with a const struct transport_backend, a row in table.c, and its tests. */
#pragma once

#include "transport/sink.h"
#include "transport/source.h"
#include "transport/traits.h"
