/* pipeline/beside.h - does a piece of work in a thread, while the caller goes on.
 * Lifetime: pipeline_beside_start, pipeline_beside_wait once or more. All zero: nothing was started. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct pipeline_beside {
	int (*work)(void *ctx, struct err *err);
	void *ctx;
	struct err err;
	pthread_t thread;
	bool runs;
};

/* ctx is borrowed until _wait. Signals stay with the caller. */
int pipeline_beside_start(struct pipeline_beside *b, int (*work)(void *ctx, struct err *err), void *ctx,
			  struct err *err) MUST_CHECK;
/* Waits until the work is done. Returns its error, each time. */
int pipeline_beside_wait(struct pipeline_beside *b, struct err *err);
