/* pipeline/selection.h - the stage keep: selects what the result holds, from the index, the trace, the configuration
 * and the policy. */
#pragma once

#include "base/notes.h"
#include "keep/application/application.h"
#include "keep/application/named.h"
#include "keep/policy.h"
#include "keep/trees/siblings.h"
#include "keep/trees/trees.h"
#include "keep/unproven/unproven.h"
#include "packages/packages.h"

struct pipeline_selection {
	const struct keep_policy *policy;
	struct keep_set keep;
	struct packages packages;
	struct packages_edits edits; /* the changed contents of kept files */
	struct keep_application application;
	struct keep_trees trees;
	struct keep_siblings siblings;
	struct keep_mentions mentions;
	struct keep_unproven unproven; /* all zero until keep_unproven_find */
	struct keep_named named;
};

/* notes: receives what the user should know. On failure, too, *out goes to pipeline_selection_done. */
int pipeline_selection_make(const struct evidence *evidence, const struct oci_image_config *config,
			    const struct keep_policy *policy, struct notes *notes, struct pipeline_selection *out,
			    struct err *err) MUST_CHECK;
/* Call it after more was added to keep. Adds what that needs, and trims the package databases again. */
int pipeline_selection_close(struct pipeline_selection *s, struct err *err) MUST_CHECK;
void pipeline_selection_done(struct pipeline_selection *s);
