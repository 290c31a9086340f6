/* rewrite/rewrite.h - builds the slim image: the keep set as one layer, a config, a manifest.
 * The same index, keep set and options give the same bytes (no clock, no host name). */
#pragma once

#include "base/progress.h"
#include "keep/set.h"
#include "layer/codec.h"
#include "oci/manifest.h"
#include "packages/packages.h"
#include "rewrite/config_edit.h"

struct rewrite_options {
	enum oci_compression compression;
	int level; /* 0 = default */
	enum oci_family family;
	const json_t *annotations;                 /* of the source's manifest, which the result keeps but for those of
						      its layers (oci/annotation.h); NULL = none */
	const char *base_name;                     /* annotation org.opencontainers.image.base.name; NULL = none */
	const struct oci_digest *base_digest;      /* ... base.digest; NULL = none */
	const struct packages_edits *edits;        /* of kept files: what they hold in the result; NULL = none */
	const char *annotation, *annotation_value; /* one more of the manifest; NULL = none */
	const struct rewrite_config_edit *config_edit; /* NULL = the configuration stays */
	const char *created;                           /* RFC 3339; NULL = the source's */
};

struct rewrite_result {
	struct oci_manifest manifest;
	struct oci_descriptor manifest_descriptor;
	struct buf manifest_bytes, config_bytes;
	struct layer_digests layer;
	uint64_t bytes;          /* content of regular files, hard links once */
	uint64_t entries, files; /* as in struct image_layer */
};

/* Makes the slim image in two steps, between which its content is complete and can be tried: only the second one
 * compresses. The offsets of both files do not matter afterwards. */

/* Writes the layer as an uncompressed tar to the file tar (empty, seekable), and makes the config. Sets all of *out but
 * the manifest and layer.blob. */
int rewrite_make(const struct keep_set *k, const struct oci_image_config *config, int tar,
		 const struct rewrite_options *options, const struct progress *progress, struct rewrite_result *out,
		 struct err *err) MUST_CHECK;
/* Compresses the tar that rewrite_make wrote into the file blob (empty), and makes the manifest. Without compression
 * the tar is the blob, and nothing is written. May be called again, with other options and blob empty. */
int rewrite_finish(int tar, int blob, const struct rewrite_options *options, const struct progress *progress,
		   struct rewrite_result *result, struct err *err) MUST_CHECK;
void rewrite_result_done(struct rewrite_result *r);
#define CLEANUP_REWRITE CLEANUP(rewrite_result_done)
