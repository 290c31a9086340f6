/* pipeline/build/check.h - the stage check: judges the result, which the report describes, before it is published. */
#pragma once

#include "ci/drift/drift.h"
#include "ci/gate/gate.h"
#include "ci/lock/use.h"
#include "pipeline/session.h"
#include "publish/destination.h"

struct pipeline_check_options {
	struct ci_gate_limits limits;
	/* The earlier result that the growth is measured against: a report or lock file, or an image. With neither
	 * (NULL, and OCI_SCHEME_NONE without a location) it is the image at the destination. */
	const char *growth_file;
	struct oci_ref growth_ref;
	struct ci_lock_options lock;     /* borrows its texts, as the next */
	struct ci_drift_limit max_drift; /* of stored traces */
};
void pipeline_check_options_done(struct pipeline_check_options *o);

/* Reads the earlier result for max-growth, if there is such a limit; of an image only the manifest. Call it before the
 * work, so that a mistake shows early. access: to registries and engines. Succeeds if the image is not published yet.
 */
int pipeline_check_baseline(const struct pipeline_check_options *o, const struct pipeline_session *s,
			    const struct publish_destinations *to, const struct transport_options *access,
			    struct ci_gate_baseline *out, struct err *err) MUST_CHECK;

/* Compares the result with the lock file. config: the text of its configuration. The report is filled, and gets what
 * changed; if the file is to be checked, a gate too. */
int pipeline_check_lock(const struct pipeline_check_options *o, const struct ci_lock_tree *tree,
			const struct buf *config, struct ci_lock_use *lock, struct report *report,
			struct err *err) MUST_CHECK;
