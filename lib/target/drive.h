/* target/drive.h - drives a service that runs already, as run/record.h drives one that slim started: the same
 * exercises, in a thread inside its network namespace. */
#pragma once

#include "base/notes.h"
#include "run/readiness.h"
#include "run/result.h"
#include "target/service.h"

struct target_drive {
	const struct exercise *exercises;
	size_t n_exercises;
	bool needs_port;               /* the exercises need a port that listens */
	const struct run_ready *ready; /* NULL = it is ready when it listens */
	uint64_t ready_until;          /* clock_ms; also the limit until it listens */
	uint64_t timeout_ms;           /* of all exercises together; 0 = no limit */
	enum run_until until;          /* how long to go on after them, while others drive it */
	unsigned seconds;              /* of RUN_UNTIL_SECONDS */
	int continue_fd;               /* of RUN_UNTIL_FD */
};

/* out (all zero): its steps and times, as far as it came, also on errors. ERR_UNPROVEN: an exercise failed, the service
 * does not listen or ended; ERR_CANCELLED. The steps are not judged: run_expectation does that. */
int target_drive(const struct target_service *s, const struct target_drive *what, const struct progress *progress,
		 struct run_result *out, struct err *err) MUST_CHECK;
