/* cmd/options/ci/gate_flags.h - the options for limits of the result, and for the consequences if a gate fails. */
#pragma once

#include "cmd/options/option.h"
#include "pipeline/build/check.h"

/* A member of build_flags. */
struct gate_flags {
	const char *max_size, *max_compressed, *min_reduction, *max_growth, *growth_from, *max_requests_failed,
	    *max_unproven, *on_fail;
	struct strlist must_keep, must_drop;
	bool require_verify;
};

extern const struct option_group gate_flags_group;

void gate_flags_done(struct gate_flags *f);

struct gate_plan {
	struct pipeline_check_options check; /* borrows from the flags */
	bool keep_original;
	int status; /* of slim, if the original was published */
};
/* verifies: the result will be compared with the original. ERR_INVAL; gate_plan_done in any case. */
int gate_flags_plan(const struct gate_flags *f, bool verifies, struct gate_plan *out, struct err *err) MUST_CHECK;
void gate_plan_done(struct gate_plan *p);
