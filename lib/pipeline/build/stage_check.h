/* pipeline/build/stage_check.h - the stage check: judges the result before it is published. Private to pipeline/build.
 */
#pragma once

#include "pipeline/build/state.h"

/* ctx: the state. */
int pipeline_build_check(void *ctx, struct err *err) MUST_CHECK;
/* The same for a result that is not equal to the original, which is the error that counts: the report gets all that is
 * known of the result nevertheless. */
void pipeline_build_check_different(struct pipeline_build_state *b);
