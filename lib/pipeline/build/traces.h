/* pipeline/build/traces.h - reads the stored traces that stand for a run. Private to pipeline/build. */
#pragma once

#include "pipeline/build/state.h"

/* Reads --trace FILE, or all that are attached to the source, into the session's trace. */
int pipeline_build_add_trace(struct pipeline_build_state *b, const char *path, struct err *err) MUST_CHECK;
/* Resolves the trace. Of stored ones, tells what differs between their image and this one. */
int pipeline_build_resolve(struct pipeline_build_state *b, struct err *err) MUST_CHECK;
