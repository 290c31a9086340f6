/* pipeline/slim_image.h - the slim image before it is published. It is packed into a file of the run and tried from
 * there: where it can, the machine mounts the packed tar itself (erofs/layer.h). Elsewhere the image is opened from an
 * OCI layout and unpacked like any other. Either way the tested bytes are the published ones. */
#pragma once

#include "erofs/layer.h"
#include "pipeline/session.h"
#include "pipeline/unpacked.h"
#include "report/report.h"
#include "rewrite/rewrite.h"
#include "verify/verify.h"

struct pipeline_slim_image {
	struct pipeline_session *session;            /* borrowed, resolved */
	struct keep_set *keep;                       /* borrowed; may grow between two packs */
	const struct packages *packages;             /* borrowed; NULL = the image gets no annotation with reasons */
	int (*complete)(void *ctx, struct err *err); /* called if the keep set has grown */
	void *ctx;
	struct rewrite_options rewrite;
	bool compression_set;  /* rewrite's is the user's; else the source's, and harder if that makes it smaller */
	bool unpacked_there;   /* all destinations store layers unpacked: compressing is wasted */
	bool compressed_there; /* one is a registry, where layers are compressed */
	int tar_fd;            /* of the uncompressed layer */
	int blob_fd;           /* of the compressed one; empty if the layer is not compressed */
	bool compressed;
	struct rewrite_result result;
	struct report_image figures; /* sizes, layers and files of the result */
	struct pipeline_slim_mount {
		struct erofs_layer layer;
		struct image_index *index;
		struct oci_image_config config;
	} mount;                               /* by pipeline_slim_image_open, if the machine can; else: */
	struct store store;                    /* of the unpacked ones; in the run's directory */
	struct pipeline_unpacked_image opened; /* by pipeline_slim_image_open */
};

/* Creates the layer's files in the session's run. The caller sets keep, packages, complete and rewrite. */
int pipeline_slim_image_init(struct pipeline_slim_image *slim, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Makes the layer, config and manifest of the keep set, and figures. Replaces the result of an earlier call. */
int pipeline_slim_image_pack(struct pipeline_slim_image *slim, struct err *err) MUST_CHECK;
/* The two parts of _pack. The first makes the tar and the config: its content can be tried from then on. The second
 * compresses, and makes the manifest and the figures. */
int pipeline_slim_image_make(struct pipeline_slim_image *slim, struct err *err) MUST_CHECK;
int pipeline_slim_image_compress(struct pipeline_slim_image *slim, struct err *err) MUST_CHECK;
/* The file of the blob, borrowed: the tar's own if it is not compressed. */
int pipeline_slim_image_blob(const struct pipeline_slim_image *slim);
/* Whether the source's own layers are available as blobs and no larger, so that they are published instead. */
bool pipeline_prefers_source(const struct pipeline_slim_image *slim);
/* For struct verify_options: ctx is the slim image, packed; from round 2 on it is completed and packed again. */
int pipeline_slim_image_open(void *ctx, unsigned round, struct verify_target *out, struct err *err) MUST_CHECK;
void pipeline_slim_image_close(void *ctx);
/* Removes what _open mounted or unpacked, which may be thousands of files: what follows can then be stopped at once.
 * The packed image stays. */
void pipeline_slim_image_remove_unpacked(struct pipeline_slim_image *slim);
void pipeline_slim_image_done(struct pipeline_slim_image *slim); /* before pipeline_session_done; an all-zero one too */
