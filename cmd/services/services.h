/* cmd/services/services.h - slim build --all: makes the images of all services of a compose project small, tries them
 * together, and writes an override file that names them (compose.slim.yaml). */
#pragma once

#include "cmd/batch/batch.h"
#include "cmd/services/flags.h"
#include "report/report.h"

struct services_wish {
	const struct services_flags *flags;
	const struct compose_flags *compose;
	const struct command *record, *verify; /* the verbs */
	bool verifies;                         /* the results are tried together */
	struct batch_request batch;
};

/* Builds them. The result is the summary. Returns the exit_code. */
int services_build(const struct services_wish *w, struct outcome *out);

/* The override file of one service, to path: after a build, of which report tells. */
int services_write_one(const char *path, const struct compose_plan *plan, const struct report *report,
		       struct err *err) MUST_CHECK;
