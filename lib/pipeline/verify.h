/* pipeline/verify.h - proves a slim image: it is run as the original was, and compared. Two oracles: the runs and
 * answers are the same (compare.h), and nothing is looked for in vain that the original has (heal.h). What fails is
 * healed where there is a keep set to add to, and the image is made and run again.
 * A difference is believed only when it outlasts repetitions: first of the original, then of the slim image; without a
 * difference nothing is repeated. */
#pragma once

#include "keep/keep.h"
#include "pipeline/trial.h"
#include "rootfs/index.h"
#include "verify/verdict.h"

/* What the slim images are held against; borrowed. */
struct verify_original {
	struct run_image image;
	const struct rootfs_index *index;
	const struct trace *trace; /* with `found` filled in */
	struct run_results *runs;  /* none: the original is run first, and they are filled */
};

/* A slim image, opened. */
struct verify_target {
	struct run_image image;
	const struct rootfs_index *index;
};

struct verify_options {
	unsigned heal;         /* how often, at most; 0 = only tell */
	struct keep_set *keep; /* NULL = nothing can be healed */
	/* The slim image; from round 2 on made again, of the keep set that has grown. Each is closed; close may also be
	 * called when none was opened. */
	int (*open)(void *ctx, unsigned round, struct verify_target *out, struct err *err);
	void (*close)(void *ctx);
	void *ctx;
	/* As which the slim image is run, where its own configuration was changed on purpose; NULL = its own. */
	const struct oci_image_config *config;
};

/* log_fd: a file for what the slim images print, opened for appending; emptied for each. out: all zero before. notes:
 * receives what the user should know. ERR_DIFFERS: not equal; out says why. */
int verify_slim(struct run_site *site, const struct verify_original *original, const struct verify_options *o,
		int log_fd, struct verdict *out, struct notes *notes, struct err *err) MUST_CHECK;
