/* pipeline/build/stage_publish.h - the stage publish; or the original in the place of a result. Private to
 * pipeline/build. */
#pragma once

#include "pipeline/build/state.h"

/* ctx: the state. */
int pipeline_build_publish(void *ctx, struct err *err) MUST_CHECK;
/* Builds of several platforms of one index. */
struct pipeline_build_several {
	struct pipeline_build_state *items; /* the first one leads the others */
	size_t count;                       /* at least 1 */
};
/* The same for all of them: one index with their results. ctx: struct pipeline_build_several. */
int pipeline_build_publish_index(void *ctx, struct err *err) MUST_CHECK;
/* Whether the source may stand in for the result: not if the user made a mistake or wants to stop. r: the failure. */
bool pipeline_build_falls_back(const struct pipeline_build_state *b, int r);
/* Publishes it so. why: the failure, which the report then has as its error. */
int pipeline_build_keep_original(struct pipeline_build_state *b, const struct err *why, struct err *err) MUST_CHECK;
