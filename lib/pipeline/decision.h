/* pipeline/decision.h - the stage keep: from index, trace, configuration and policy to what the result holds. */
#pragma once

#include "base/notes.h"
#include "keep/application.h"
#include "keep/policy.h"
#include "packages/packages.h"

struct decision {
	const struct keep_policy *policy;
	struct keep_set keep;
	struct packages packages;
	struct package_edits edits; /* of keep's files: what they hold in the result */
	struct keep_application application;
};

/* notes: receives what the user should know. On failure *out holds what decision_done undoes. */
int decision_make(const struct evidence *evidence, const struct oci_image_config *config,
		  const struct keep_policy *policy, struct notes *notes, struct decision *out,
		  struct err *err) MUST_CHECK;
/* After more was put into keep: what that needs, and the databases anew. */
int decision_close(struct decision *d, struct err *err) MUST_CHECK;
void decision_done(struct decision *d);
