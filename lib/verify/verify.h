/* verify/verify.h - puts a slim image through the same exercises as the original and compares. There are two tests:
 * runs and answers must be equal (compare.h), and the slim image must not look for a path that only the original has
 * (heal.h). If a test fails and there is a keep set, the missing files are added to it, and the image is made and run
 * again.
 * A difference counts only if it remains after repetitions, first of the original, then of the slim image, of the runs
 * that differ. Without a difference nothing is repeated. A run is repeated as a whole, not only the steps that differ:
 * an answer may depend on each step before it, by what they left in the service (sessions, counters, caches) and by
 * values that they captured, and the end of the run on all of them. A second start is repeated with the first one, on
 * whose files it works. */
#pragma once

#include "image/index.h"
#include "keep/set.h"
#include "verify/image_runs.h"
#include "verify/verdict.h"

/* The original, with which the slim images are compared; borrowed. */
struct verify_original {
	struct run_image image;
	const struct evidence *evidence; /* its trace has `found` filled in */
	struct run_results *runs;        /* none: the original is run first, and they are filled */
};

/* A slim image, opened. */
struct verify_target {
	struct run_image image;
	const struct image_index *index;
};

struct verify_options {
	unsigned heal;         /* how often, at most; 0 = only report */
	struct keep_set *keep; /* NULL = nothing can be healed */
	/* Opens the slim image; from round 2 on, makes it again from the larger keep set. Each is closed; close is also
	 * called if open was not, or failed. */
	int (*open)(void *ctx, unsigned round, struct verify_target *out, struct err *err);
	void (*close)(void *ctx);
	void *ctx;
	/* Replaces the slim image's configuration, if that was changed on purpose; NULL = its own. */
	const struct oci_image_config *config;
};

/* log_fd: a file for the output of the slim images, opened for appending; emptied for each. out: all zero before.
 * notes: receives remarks for the user. ERR_DIFFERS: the images are not equal; out has the reasons.
 * ERR_UNPROVEN: the original, run here for the first time, fails by itself. */
int verify_slim(struct run_site *site, const struct verify_original *original, const struct verify_options *o,
		int log_fd, struct verify_verdict *out, struct notes *notes, struct err *err) MUST_CHECK;
