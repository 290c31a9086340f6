/* pipeline/slim/candidate.h - opens the slim image for its proof. Where the machine can, the packed tar itself is
 * mounted (erofs/layer.h). Elsewhere the image is written to an OCI layout and unpacked like any other. Either way the
 * bytes that are tried are those that are published.
 * Lifetime: _init, any number of _open and _close by turns, _done. */
#pragma once

#include "erofs/layer.h"
#include "pipeline/slim/image.h"
#include "pipeline/unpacked.h"
#include "verify/verify.h"

struct pipeline_slim_candidate {
	struct pipeline_slim_image *image;           /* borrowed, packed */
	bool unpacks;                                /* it is not mounted even if the machine can */
	int (*complete)(void *ctx, struct err *err); /* called from round 2 on: the keep set has grown */
	void *ctx;
	struct pipeline_slim_mount {
		struct erofs_layer layer;
		struct image_index *index;
		struct oci_image_config config;
	} mount;                               /* by _open, if the machine can; else: */
	struct store store;                    /* of the unpacked ones; in the run's directory */
	struct pipeline_unpacked_image opened; /* by _open */
};

/* The caller sets complete and ctx, and unpacks if the container reads files with O_DIRECT, which EROFS refuses. */
void pipeline_slim_candidate_init(struct pipeline_slim_candidate *c, struct pipeline_slim_image *image);
/* For struct verify_options: ctx is the candidate. From round 2 on the image is completed and packed again. */
int pipeline_slim_candidate_open(void *ctx, unsigned round, struct verify_target *out, struct err *err) MUST_CHECK;
void pipeline_slim_candidate_close(void *ctx);
/* Removes what was mounted or unpacked, which may be thousands of files: what follows can then be stopped at once. */
void pipeline_slim_candidate_done(struct pipeline_slim_candidate *c);
