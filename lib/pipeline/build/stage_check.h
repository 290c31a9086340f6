/* pipeline/build/stage_check.h - the stage check: judges the result before it is published. Private to pipeline/build.
 */
#pragma once

#include "pipeline/build/state.h"

/* ctx: the state. */
int pipeline_build_check(void *ctx, struct err *err) MUST_CHECK;
/* Judges by the gates; the report is filled. ERR_GATE. */
int pipeline_build_judge(struct pipeline_build_state *b, struct err *err);
