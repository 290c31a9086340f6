/* pipeline/slim/image.h - the slim image before it is published. Its layer is packed into an uncompressed tar in the
 * run's directory, which can be tried at once (pipeline/slim/candidate.h). Meanwhile a thread compresses it. */
#pragma once

#include "pipeline/beside.h"
#include "pipeline/session.h"
#include "publish/ahead.h"
#include "report/report.h"
#include "rewrite/rewrite.h"

struct pipeline_slim_image {
	struct pipeline_session *session; /* borrowed, resolved */
	const struct keep_set *keep;      /* borrowed */
	const struct packages *packages;  /* borrowed; NULL = the image gets no annotation with reasons */
	struct rewrite_options rewrite;
	bool compression_set;  /* rewrite's is the user's; else the source's, and harder if that makes it smaller */
	bool unpacked_there;   /* all destinations store layers unpacked: compressing is wasted */
	bool compressed_there; /* one is a registry, where layers are compressed */
	/* The registries among them get the layer once it is compressed, before the image is proven; NULL = none do.
	 * Borrowed, as is what access points to. */
	const struct publish_destinations *to;
	struct transport_options access;
	int tar_fd;  /* of the uncompressed layer */
	int blob_fd; /* of the compressed one; empty if the layer is not compressed */
	char *why;   /* the annotation with reasons; NULL = none */
	struct pipeline_beside compressing;
	struct publish_ahead ahead; /* the thread's that compresses; after _wait the caller's */

	/* From pipeline_slim_image_pack on; what is marked: from pipeline_slim_image_wait on. */
	struct rewrite_result result; /* marked: layer.blob, manifest */
	struct report_image figures;  /* sizes, layers and files of the result; marked: compressed_bytes */
	bool compressed;              /* marked */
};

/* Creates the layer's files in the session's run. The caller sets keep, packages and rewrite. */
int pipeline_slim_image_init(struct pipeline_slim_image *slim, struct pipeline_session *s, struct err *err) MUST_CHECK;
/* Makes the layer's tar and the config of the keep set, which may grow afterwards, and begins to compress the tar.
 * Replaces the result of an earlier call. */
int pipeline_slim_image_pack(struct pipeline_slim_image *slim, struct err *err) MUST_CHECK;
/* Waits until the layer is compressed, and the manifest made. May be called again. */
int pipeline_slim_image_wait(struct pipeline_slim_image *slim, struct err *err) MUST_CHECK;
/* The file of the blob, borrowed: the tar's own if it is not compressed. After _wait. */
int pipeline_slim_image_blob(const struct pipeline_slim_image *slim);
/* Stops what sends the layer ahead. What it needs may be freed afterwards. May be called again. */
void pipeline_slim_image_recall(struct pipeline_slim_image *slim);
/* Whether its files have fewer bytes than the source's. */
bool pipeline_slim_image_saves(const struct pipeline_slim_image *slim);
/* Whether the source's own layers are available as blobs and no larger, so that they are published instead. After
 * _wait. */
bool pipeline_prefers_source(const struct pipeline_slim_image *slim);
void pipeline_slim_image_done(struct pipeline_slim_image *slim); /* before pipeline_session_done; an all-zero one too */
