/* pipeline/original.h - runs the original image, keeps the results of its runs, and compares a slim image with it. It
 * belongs to one session, which each function takes and which outlives it.
 * Lifetime: pipeline_original_init, pipeline_original_begin if containers will be run, the stages in order,
 * pipeline_original_done. */
#pragma once

#include "evidence/evidence.h"
#include "evidence/stability.h"
#include "pipeline/session.h"
#include "verify/verify.h"

struct pipeline_original {
	struct runtime runtime;
	struct run_site site;             /* from pipeline_original_prepare on */
	struct sensor_programs *programs; /* from pipeline_original_begin on; NULL = nothing is loaded ahead */
	const struct pipeline_session_options *surrounded; /* whose surround was called; NULL = none */
	char *emulator;                                    /* that runs it; NULL = the machine itself */
	int log_fd;                                        /* what the containers print; -1 = nothing is run */
	struct run_results runs;
	struct run_results variants; /* of the runs: --repeat */
	struct trace trace;          /* of all of these, or stored ones */
	struct evidence evidence;    /* the trace resolved against the index; from pipeline_original_resolve on */
	struct evidence_stability stability; /* of the variants, from then on, too */
	struct notes notes;                  /* of every stage, the caller's too */
};

void pipeline_original_init(struct pipeline_original *o);
/* Begins to load the recorder, in the background. Call it as early as possible; the first container waits for it. */
void pipeline_original_begin(struct pipeline_original *o, const struct pipeline_session *s);
/* Finds the runtime and checks that the image can run on this machine, by an emulator if need be. Call it between
 * pipeline_session_fetch and pipeline_session_unpack. */
int pipeline_original_prepare(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Does all runs. Fills runs and trace. */
int pipeline_original_record(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Call it when the trace is complete, recorded or read. Waits for the index, resolves the trace against it, and marks
 * which paths the image has. */
int pipeline_original_resolve(struct pipeline_original *o, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Calls verify_slim with this original, which must be resolved. */
int pipeline_original_verify(struct pipeline_original *o, struct pipeline_session *s,
			     const struct verify_options *options, struct verify_verdict *out,
			     struct err *err) MUST_CHECK;
/* Call it when no container will be run any more: begins to unload the recorder. */
void pipeline_original_end(struct pipeline_original *o);
void pipeline_original_done(struct pipeline_original *o); /* before pipeline_session_done */
