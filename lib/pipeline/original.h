/* pipeline/original.h - the original at work: what is needed to run it, what its runs gave, and how a slim image is
 * held against it. All of it belongs to one session, which is handed to each function and outlives it. Lifetime:
 * original_init, the stages in order, original_done. */
#pragma once

#include "evidence/evidence.h"
#include "pipeline/session.h"
#include "pipeline/verify.h"

struct original {
	struct runtime runtime;
	struct run_site site; /* from original_prepare on */
	int log_fd;           /* what the containers print; -1 = nothing is run */
	struct run_results runs;
	struct trace trace;       /* of the runs, or stored ones */
	struct evidence evidence; /* the trace resolved against the index; from original_resolve on */
	struct notes notes;       /* of every stage, the caller's too */
};

void original_init(struct original *o);
/* What a run needs: the runtime, and an image that can run here. Between session_fetch and session_unpack. */
int original_prepare(struct original *o, struct session *s, struct err *err) MUST_CHECK;
/* All runs, into runs and trace. */
int original_record(struct original *o, struct session *s, struct err *err) MUST_CHECK;
/* Once the trace is whole, recorded or read: what it and the index say together. Waits for the index, says of each path
 * whether the image has it. */
int original_resolve(struct original *o, struct session *s, struct err *err) MUST_CHECK;
/* verify_slim with this original, resolved. */
int original_verify(struct original *o, struct session *s, const struct verify_options *options, struct verdict *out,
		    struct err *err) MUST_CHECK;
void original_done(struct original *o); /* before session_done */
