/* pipeline/original.h - the original at work: what is needed to run it, what its runs gave, and how a slim image is
 * held against it. All of it belongs to one session, which is handed to each function and outlives it. Lifetime:
 * pipeline_original_init, the stages in order, pipeline_original_done. */
#pragma once

#include "evidence/evidence.h"
#include "pipeline/session.h"
#include "verify/verify.h"

struct pipeline_original {
	struct runtime runtime;
	struct run_site site; /* from pipeline_original_prepare on */
	int log_fd;           /* what the containers print; -1 = nothing is run */
	struct run_results runs;
	struct trace trace;       /* of the runs, or stored ones */
	struct evidence evidence; /* the trace resolved against the index; from pipeline_original_resolve on */
	struct notes notes;       /* of every stage, the caller's too */
};

void pipeline_original_init(struct pipeline_original *o);
/* What a run needs: the runtime, and an image that can run here. Between pipeline_session_fetch and
 * pipeline_session_unpack. */
int pipeline_original_prepare(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* All runs, into runs and trace. */
int pipeline_original_record(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Once the trace is whole, recorded or read: what it and the index say together. Waits for the index, says of each path
 * whether the image has it. */
int pipeline_original_resolve(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* verify_slim with this original, resolved. */
int pipeline_original_verify(struct pipeline_original *o, struct pipeline_session *s,
			     const struct verify_options *options, struct verify_verdict *out,
			     struct err *err) MUST_CHECK;
void pipeline_original_done(struct pipeline_original *o); /* before pipeline_session_done */
