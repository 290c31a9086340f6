/* transport/image.h - an image as a source describes it. */
#pragma once

#include "base/buf.h"
#include "layer/unpacked.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "os/io.h"

/* An image of a source, all of it checked: the manifest against the digest that named it, the config against the
 * manifest, the number of layers against the diff IDs. */
struct transport_image {
	struct oci_manifest manifest;
	struct oci_digest manifest_digest; /* all zero where the source has no manifest (docker-archive) */
	struct buf manifest_bytes;         /* then empty; else what has that digest */
	struct oci_digest base_digest; /* what the image's name stands for in its registry: of the index, if it is one;
					  an engine may know it. All zero = not known */
	struct oci_digest id;          /* by which an engine knows it; all zero elsewhere */
	struct oci_image_config config;
	struct buf config_bytes; /* as they are stored */
	char *name;              /* what the image calls itself: "repo:tag", tag or ""; for default output names */
	struct buf index;        /* the index that the name stands for; empty = the name stands for a single image */
	struct oci_descriptor index_descriptor; /* of it */
	struct layer_unpacked *unpacked;        /* as many as layers, bottom first; NULL = they must be unpacked */
	size_t n_unpacked;
};

/* Takes a layer of a source that is read once, front to back (transport_source_stream): its tar, which may be
 * compressed. A reader that reads it to the end finds its diff ID by hashing it; it may also leave all or a part
 * unread. claimed: the diff ID that its name in the stream may mean, unchecked; NULL = unknown. */
typedef int transport_each_layer(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err);

void transport_image_done(struct transport_image *i);
#define CLEANUP_TRANSPORT_IMAGE CLEANUP(transport_image_done)
