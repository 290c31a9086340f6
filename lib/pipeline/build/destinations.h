/* pipeline/build/destinations.h - where the result goes. Private to pipeline/build. */
#pragma once

#include "pipeline/build/state.h"

/* The options to open the destinations with. They point to what the state has. */
struct transport_options pipeline_build_sink_access(const struct pipeline_build_state *b);
/* Plans and opens the destinations, unless the build has those of its lead, and reads what stands there, if a gate asks
 * for it. */
int pipeline_build_plan_destinations(struct pipeline_build_state *b, struct err *err) MUST_CHECK;
