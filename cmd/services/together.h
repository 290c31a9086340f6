/* cmd/services/together.h - tries the slim images of a project as one stack. */
#pragma once

#include "cmd/batch/run.h"
#include "cmd/services/lines.h"
#include "cmd/services/override.h"

struct together {
	const struct services_request *request;
	const struct services_list *list;
	const struct command *verify; /* the verb */
	const struct progress *progress;
	unsigned timeout; /* seconds that are left; 0 = no limit */
	const char *path; /* the override file, for messages */
	const char *dir;  /* for a file of its own */
};

/* Compares both images of each service on which no other one depends, and of each whose image was built for another
 * one, too. The services beside it are slim. images: one for each service; results: of the builds. Sets "verified" of
 * results->stack. ERR_DIFFERS: names the service that differs. */
int together_verify(const struct together *t, const struct override_image *images, struct batch_results *results,
		    struct err *err) MUST_CHECK;
