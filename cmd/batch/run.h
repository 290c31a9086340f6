/* cmd/batch/run.h - builds the images of a batch in child processes, several at once.
 * Shape: prints the messages of each child at once, with the image's name in front, and collects its report, up to a
 * limit. If a child fails, the others go on. Passes each request to stop on to all children, and starts no more. */
#pragma once

#include <jansson.h>

#include "base/progress.h"
#include "cmd/batch/file.h"

/* The outcome of an image. */
struct batch_result {
	const char *name;   /* borrowed */
	const char *source; /* borrowed; the source, as written in the file */
	int status;         /* an exit_code */
	bool started;       /* false: a request to stop came first */
	uint64_t ms;
	json_t *report; /* slim.report/v1; NULL = none */
	json_t *error;  /* code, class and message; NULL = none */
};

struct batch_results {
	struct batch_result *items; /* in the order of the file */
	size_t count;
	uint64_t ms;
};

/* Builds the images, `jobs` of them at once. ERR_CANCELLED after a request to stop. Fills *out in any case. */
int batch_run_images(const struct batch_file *file, unsigned jobs, const struct progress *progress,
		     struct batch_results *out, struct err *err) MUST_CHECK;
void batch_run_done(struct batch_results *r);
#define CLEANUP_BATCH_RESULTS CLEANUP(batch_run_done)
