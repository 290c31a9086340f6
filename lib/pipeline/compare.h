/* pipeline/compare.h - whether the slim image did what the original did: exit status of each run, and status,
 * content type and answer of each step.
 * Steps are matched by kind, text and port, the second of the same with the second. What differs among the trials of
 * one image is not compared. Steps that only the slim image had are no difference: a crawl finds other links where
 * these have tokens. */
#pragma once

#include "run/result.h"
#include "verify/verdict.h"

/* The trials of one image, at most ANSWER_SAMPLES; the first is what it is known by. Each has the same runs. */
struct compare_side {
	const struct run_result *runs[4]; /* of each trial */
	size_t count;
};

/* by_hand: the runs were ended by hand, so how they ended is not compared. Adds to out: differences, variable, equal
 * counts. */
void compare_trials(const struct compare_side *original, const struct compare_side *slim, size_t n_runs, bool by_hand,
		    struct verdict *out);
