/* cmd/services/together.h - tries the slim images of a project as one stack. */
#pragma once

#include "cmd/batch/run.h"
#include "cmd/services/list.h"
#include "cmd/services/override.h"

struct together {
	const struct services_request *request;
	const struct command *verify; /* the verb */
	const struct progress *progress;
	unsigned timeout; /* seconds, of everything; 0 = none */
	const char *path; /* the override file, for messages */
};

/* Compares both images of each service on which no other one depends, beside the slim images of those that it needs.
 * images: one for each of results. Sets "verified" of results->stack. ERR_DIFFERS: names the service that differs. */
int together_verify(const struct together *t, const struct override_image *images, struct batch_results *results,
		    struct err *err) MUST_CHECK;
