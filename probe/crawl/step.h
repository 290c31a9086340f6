/* probe/crawl/step.h - what a request came to, as a step of the exercise. */
#pragma once

#include "exercise/exercise.h"
#include "net/fetch.h"

struct probe_step {
	const char *what; /* "GET /items" */
	uint16_t port;
	uint64_t began; /* clock_ms */
	uint64_t ended; /* 0 = now */
	enum exercise_wish wish;
	bool varies; /* its answer is not to be compared */
};
/* failure: why there was no answer; NULL = it is a. */
void probe_step_log(const struct probe_step *s, const struct net_answer *a, const char *failure,
		    struct exercise_log *log);
