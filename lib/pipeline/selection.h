/* pipeline/selection.h - the stage keep: from index, trace, configuration and policy to what the result holds. */
#pragma once

#include "base/notes.h"
#include "keep/application/application.h"
#include "keep/policy.h"
#include "packages/packages.h"

struct pipeline_selection {
	const struct keep_policy *policy;
	struct keep_set keep;
	struct packages packages;
	struct packages_edits edits; /* of keep's files: what they hold in the result */
	struct keep_application application;
};

/* notes: receives what the user should know. On failure *out holds what pipeline_selection_done undoes. */
int pipeline_selection_make(const struct evidence *evidence, const struct oci_image_config *config,
			    const struct keep_policy *policy, struct notes *notes, struct pipeline_selection *out,
			    struct err *err) MUST_CHECK;
/* After more was put into keep: what that needs, and the databases anew. */
int pipeline_selection_close(struct pipeline_selection *s, struct err *err) MUST_CHECK;
void pipeline_selection_done(struct pipeline_selection *s);
