/* pipeline/verify.h - proves a slim image: it is run as the original was, and compared. Two oracles: the runs and
 * answers are the same (compare.h), and nothing is looked for in vain that the original has (heal.h). What fails is
 * healed where there is a keep set to add to, and the image is made and run again.
 * A difference is believed only when it outlasts repetitions: first of the original, then of the slim image; without a
 * difference nothing is repeated. */
#pragma once

#include "keep/keep.h"
#include "pipeline/unpacked.h"
#include "pipeline/session.h"

struct verify_options {
	unsigned heal;         /* how often, at most; 0 = only tell */
	struct keep_set *keep; /* NULL = nothing can be healed */
	/* The slim image; from round 2 on made again, of the keep set that has grown. */
	int (*open)(void *ctx, unsigned round, struct unpacked *out, struct err *err);
	void *ctx;
	/* As which the slim image is run, where its own configuration was changed on purpose; NULL = its own. */
	const struct oci_image_config *config;
};

/* The session is resolved, its runs of the original are in the report; if there are none (a build from traces), the
 * original is run first. The report's `verify` tells everything. ERR_DIFFERS: not equal. */
int verify_slim(struct session *s, const struct verify_options *o, struct err *err) MUST_CHECK;
