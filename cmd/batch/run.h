/* cmd/batch/run.h - builds the images of a batch in child processes, several at once.
 * Shape: prints the messages of each child at once, with the image's name in front, and collects its report, up to a
 * limit. If a child fails, the others go on. Passes each request to stop on to all children, and starts no more. When
 * the time is over it starts no more, too, and each child ends by itself; when it is over once more, that is a request.
 */
#pragma once

#include <jansson.h>

#include "base/progress.h"
#include "cmd/batch/file.h"

/* The outcome of an image. */
struct batch_result {
	const char *name;   /* borrowed */
	const char *source; /* borrowed; the source, as written in the file */
	int status;         /* an exit_code */
	bool started;       /* false: a request to stop or the end of the time came first */
	uint64_t ms;
	json_t *report; /* slim.report/v1; NULL = none */
	json_t *error;  /* code, class and message; NULL = none */
};

struct batch_results {
	struct batch_result *items; /* in the order of the file */
	size_t count;
	uint64_t ms;
	int after;     /* an exit_code: of what followed the images (batch.h) */
	json_t *stack; /* of slim build --all, see slim-report(5); NULL = none */
};

struct batch_run_options {
	unsigned jobs;    /* images at once */
	unsigned timeout; /* seconds, for all of them together; 0 = none. Each child gets what is left of it */
};

/* Builds the images, and adds the limit to their command lines. ERR_CANCELLED after a request to stop, ERR_TIMEOUT if
 * the time is over before all are done. Fills *out in any case. */
int batch_run_images(struct batch_file *file, const struct batch_run_options *o, const struct progress *progress,
		     struct batch_results *out, struct err *err) MUST_CHECK;
/* Seconds of timeout that are left, 1 at least; began: clock_ms. 0 if there is no limit. */
unsigned batch_run_time_left(unsigned timeout, uint64_t began);
void batch_run_done(struct batch_results *r);
#define CLEANUP_BATCH_RESULTS CLEANUP(batch_run_done)
