/* run/result.h - what a container did, seen from outside: its end, its output, and how it answered. */
#pragma once

#include "exercise/exercise.h"
#include "run/machine.h"

struct run_result {
	char *command; /* what ran, as shell words */
	int status;    /* exit code, 128 + signal; -1 = it did not end */
	enum run_end end;
	bool ignored_stop;        /* it was killed because it did not end after the stop signal */
	uint64_t output_left_out; /* bytes of its output that were not kept */
	bool input_ended;         /* the user's hand ended it, and cannot end another one (by_hand.h) */
	uint64_t ms, ready_ms;    /* ready_ms: from start to readiness, 0 = it never was ready */
	/* From the start, too: until the container's first process was there, and until the exercises ended. 0 = it did
	 * not come to that. */
	uint64_t started_ms, exercised_ms;
	uint8_t witnesses; /* of enum trace_witness: who recorded it */
	struct exercise_log steps;
	struct exercise_answer output; /* standard output of a container that nothing drives */
	char *limit_hit;               /* which limit it reached, as a sentence; NULL = none */
	char *ports_remark;            /* on which ports it listens, if that is a surprise, as a sentence; NULL = no */
	char *failure;                 /* why the run failed; NULL = it did not */
	bool skipped;                  /* not run: a repetition repeats only what differed */
	unsigned variant;              /* of its exercises (exercise/variant.h) */
};

struct run_results {
	struct run_result *items;
	size_t count;
};

/* A new one, all zero; valid until the next call. */
struct run_result *run_results_add(struct run_results *r);
/* Moves those of from to the end. */
void run_results_append(struct run_results *r, struct run_results *from);
void run_results_done(struct run_results *r);
