/* pipeline/build/stage_verify.h - the stage verify: proves that the slim image does what the original does, while its
 * layer is compressed. Private to pipeline/build. */
#pragma once

#include "pipeline/build/state.h"

/* ctx: the state. */
int pipeline_build_verify(void *ctx, struct err *err) MUST_CHECK;
