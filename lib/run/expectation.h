/* run/expectation.h - judges whether a run of the original is an exercise that proves something: how it ended, and
 * whether the HTTP requests that were asked for were answered. Only the original's first runs are judged: a slim
 * image's are compared with them. */
#pragma once

#include "run/result.h"

/* All zero: a run that ends by itself ends with status 0, and any answers will do. */
struct run_expectation {
	bool accepts_failure; /* a failed run counts, as far as it came; who judges it asks this */
	int *statuses;        /* of the runs in their order; a single one is that of each run */
	size_t n_statuses;    /* 0 = status 0 */
	bool http_sent;       /* at least one request was sent */
	bool http_answered;   /* if any was sent, at least one was answered */
	int http_below; /* if any was answered, at least one with a smaller status, or as expected; 0 = any will do */
	bool http_no_4xx, http_no_5xx; /* no request was answered so, unless that was expected */
};

/* Whether a run that ended by itself has the status that is expected; one that slim ended always has. nth: of
 * statuses; SIZE_MAX = status 0 is expected. ERR_UNPROVEN. */
int run_expectation_end(const struct run_expectation *e, const struct run_result *run, size_t nth,
			struct err *err) MUST_CHECK;
/* Whether each step of a run came out as it is expected (exercise_step.unexpected). ERR_UNPROVEN, which names the first
 * that did not, and says how many did not. */
int run_expectation_steps(const struct run_result *run, struct err *err) MUST_CHECK;
/* Whether the requests of a run were answered as is expected. ERR_UNPROVEN. */
int run_expectation_http(const struct run_expectation *e, const struct run_result *run, struct err *err) MUST_CHECK;
