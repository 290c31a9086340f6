/* pipeline/build/state.h - what the stages of slim build have of each other. Private to pipeline/build. */
#pragma once

#include "pipeline/build/options.h"
#include "pipeline/original.h"
#include "pipeline/selection.h"
#include "pipeline/slim/image.h"

/* A file of a stored trace that was read. */
struct pipeline_stored_trace {
	char *path;
	uint64_t paths;
	bool same_image; /* it has this one among its images, or names none */
	bool this_alone; /* it has no other */
};

/* What the stages of a build share. */
struct pipeline_build_state {
	const struct pipeline_build_options *options;
	struct report *report;
	bool runs;   /* containers */
	bool filled; /* the report: at the end of the last stage, or after the stage that failed */
	struct pipeline_session session;
	struct pipeline_original original;
	struct pipeline_stored_trace *stored; /* of the files that were read */
	size_t n_stored, stored_cap;
	struct pipeline_selection selection;
	struct pipeline_slim_image slim;
	struct verify_verdict verdict;
	struct publish_destinations to;
	const struct pipeline_build_state *lead; /* the build that opened the destinations; NULL = this one */
	struct ci_gate_baseline baseline;
	bool openable; /* source, destinations and files of the user's were opened: from then on the source can stand in
			*/
	bool publishing; /* the result, or the source in its place */
	struct ci_lock_use lock;
};

/* lead: as in the state, fetched before. */
void pipeline_build_state_init(struct pipeline_build_state *b, const struct pipeline_build_options *options,
			       const struct progress *progress, struct report *report,
			       const struct pipeline_build_state *lead);
/* All stages but the last: the result is packed, proven and judged, and the report filled. log: as in build.h. */
int pipeline_build_make(struct pipeline_build_state *b, struct buf *log, struct err *err) MUST_CHECK;
void pipeline_build_state_done(struct pipeline_build_state *b); /* those that have a lead before it */
