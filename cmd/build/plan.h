/* cmd/build/plan.h - the plan of a build, made from its options.
 * Lifetime: all zero; build_plan_make; _done. */
#pragma once

#include "cmd/build/flags.h"
#include "cmd/build/platforms.h"
#include "pipeline/build/build.h"

/* Owns what pipeline_build_options borrows. */
struct build_plan {
	struct container_plan container;
	struct pipeline_build_options options;
	struct keep_policy policy;
	struct config_edit config_edit;
	struct gate_plan gates;
	struct build_platforms platforms;
	char created[32];
};

/* source: as the user wrote it. Borrows from flags, and says there whose shape the report has. ERR_INVAL. */
int build_plan_make(struct build_flags *f, const char *source, struct build_plan *out, struct err *err) MUST_CHECK;
void build_plan_done(struct build_plan *p);
#define CLEANUP_BUILD_PLAN CLEANUP(build_plan_done)
