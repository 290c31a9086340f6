/* cmd/batch/outputs.h - the results of a batch in the form that outputs for CI systems are made from. */
#pragma once

#include "ci/output/batch.h"
#include "cmd/batch/run.h"

/* Owns what b borrows. */
struct batch_outputs {
	struct ci_batch b;
	struct report *reports;
	struct err *errors;
};

/* r must outlive it. */
void batch_outputs_init(const struct batch_results *r, struct batch_outputs *out);
void batch_outputs_done(struct batch_outputs *o);
#define CLEANUP_BATCH_OUTPUTS CLEANUP(batch_outputs_done)
