/* unpack/blob_source.h - an image to unpack, and the functions that read its layers' bytes. The code that opened the
 * image fills it in; everything that it points to is borrowed. The layers come as blobs, each read by its digest
 * (read, by several threads at once, each blob by one), or all in one stream (stream). */
#pragma once

#include "base/buf.h"
#include "layer/codec.h"
#include "layer/unpacked.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "os/io.h"

/* Takes one layer's tar, which may be compressed. It need not read it to the end. claimed: the diff ID that its name
 * in the stream may mean, unchecked; NULL = not known. */
typedef int unpack_blob_source_layer(void *ctx, const struct oci_digest *claimed, struct io_reader *tar,
				     struct err *err);

struct unpack_blob_source {
	/* The image. Those of a stream are provisional until it ends: then stream has replaced the config and its
	 * bytes, and unpacking the descriptors of the manifest. */
	struct oci_manifest *manifest;
	struct oci_image_config *config;
	struct buf *config_bytes;

	bool has_blobs;                        /* read gives the layers, also if they lie unpacked */
	const struct layer_unpacked *unpacked; /* one per layer, bottom first; NULL = none of them lies unpacked */
	size_t n_unpacked;

	bool is_remote; /* blobs come over a network: reading more of them than there are CPUs is faster */
	/* The bytes of a layer's blob as they are stored, unchecked. */
	int (*read)(void *ctx, const struct oci_descriptor *blob, struct io_reader *out, struct err *err);
	/* Calls each for every layer, in any order. NULL = the image does not come in a stream. */
	int (*stream)(void *ctx, unpack_blob_source_layer *each, void *each_ctx, struct err *err);
	void *ctx;
};

/* Compares the bytes of a layer that were read with its descriptor and its diff ID: ERR_CORRUPT. */
int unpack_blob_check(const struct oci_descriptor *blob, const struct oci_digest *diff_id,
		      const struct layer_digests *d, struct err *err) MUST_CHECK;
