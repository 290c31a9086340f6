/* verify/compare.h - compares the runs of a slim image with those of the original: the exit status of each run, and
 * the status, content type and answer of each step. Steps are matched by kind, text and port; repeated steps in order.
 * A value that differs between repetitions of one image is not compared. Only a status is: by its class (status.h). If
 * the status of a step varies in the original, its answers are not compared. A step that only the slim image had is not
 * a difference, because a crawl finds other links if they contain tokens. */
#pragma once

#include "run/result.h"
#include "verify/verdict.h"

/* The repetitions of one image, at most VERIFY_ANSWER_SAMPLES, all with the same runs, of which all but the
 * first may have skipped some. Differences quote the first. */
struct verify_compare_side {
	const struct run_result *runs[9]; /* of each repetition */
	size_t count;
};

/* by_hand: the user ended the runs, so their ends are not compared. Adds differences, variable and incomparable values
 * and equal counts to out. differs: of each run, whether it or a step of it does. */
void verify_compare(const struct verify_compare_side *original, const struct verify_compare_side *slim, size_t n_runs,
		    bool by_hand, bool *differs, struct verify_verdict *out);
