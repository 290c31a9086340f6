/* pipeline/build/check.h - the stage check: judges the result, which the report describes, before it is published. */
#pragma once

#include "ci/drift/drift.h"
#include "ci/gate/gate.h"
#include "ci/lock/use.h"
#include "pipeline/session.h"
#include "publish/destination.h"

struct pipeline_check_options {
	struct ci_gate_limits limits;
	/* What the result must not have outgrown: a report or lock file, or an image. Both NULL or OCI_SCHEME_NONE
	 * without a location: what stands at the destination. */
	const char *growth_file;
	struct oci_ref growth_ref;
	struct ci_lock_options lock;     /* borrows its texts, as the next */
	struct ci_drift_limit max_drift; /* of stored traces */
};
void pipeline_check_options_done(struct pipeline_check_options *o);

/* Reads what max-growth compares with, if there is such a limit; of an image its manifest only. Before the work, so
 * that a mistake shows early. access: to registries and engines. An image that is not published yet is no error. */
int pipeline_check_baseline(const struct pipeline_check_options *o, const struct pipeline_session *s,
			    const struct publish_destinations *to, const struct transport_options *access,
			    struct ci_gate_baseline *out, struct err *err) MUST_CHECK;

/* Compares the result with the lock file. config: the text of its configuration. The report is filled, and gets what
 * changed; if the file is to be checked, a gate too. */
int pipeline_check_lock(const struct pipeline_check_options *o, const struct ci_lock_tree *tree,
			const struct buf *config, struct ci_lock_use *lock, struct report *report,
			struct err *err) MUST_CHECK;
