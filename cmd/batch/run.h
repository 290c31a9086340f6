/* cmd/batch/run.h - builds the images of a batch, each as a child process, several at once.
 * Shape: each child's messages are printed as they come, behind the image's name; its report is read whole, bounded,
 * and kept. A child that fails stops no other. A request to stop is passed on to all children, and no more are started;
 * each request once more. */
#pragma once

#include <jansson.h>

#include "base/progress.h"
#include "cmd/batch/file.h"

/* What came of an image. */
struct batch_result {
	const char *name;   /* borrowed */
	const char *source; /* the same, as the file names it */
	int status;         /* an exit_code */
	bool started;       /* false: a request to stop came before it */
	uint64_t ms;
	json_t *report; /* slim.report/v1; NULL = there is none */
	json_t *error;  /* code, class and message; NULL = none */
};

struct batch_results {
	struct batch_result *items; /* in the order of the file */
	size_t count;
	uint64_t ms;
};

/* Builds them, so many at once. ERR_CANCELLED after a request to stop; *out is filled in any case. */
int batch_run_images(const struct batch_file *file, unsigned jobs, const struct progress *progress,
		     struct batch_results *out, struct err *err) MUST_CHECK;
void batch_run_done(struct batch_results *r);
#define CLEANUP_BATCH_RESULTS CLEANUP(batch_run_done)
