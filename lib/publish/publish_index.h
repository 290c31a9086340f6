/* publish/publish_index.h - makes a copy of the source's index with slim images in place of their originals. The other
 * entries stay as they are. */
#pragma once

#include "publish/publish_image.h"

/* An image of the index that is replaced. */
struct publish_replacement {
	struct oci_digest original; /* of its manifest */
	struct oci_descriptor slim; /* the manifest in its place, which the sink has already */
};

/* Copies the manifests and blobs of the other entries from the source of p to sink. *out: the index, of this media
 * type. Leaves out attestations of replaced images and annotations of their layers, because they describe other bytes.
 * ERR_UNSUPPORTED if the index has no entry of its own for one of the originals, or holds another index. */
int publish_index(const struct publish_image *p, struct transport_sink *sink, const char *media_type,
		  const struct publish_replacement *slim, size_t n_slim, struct buf *out, struct err *err) MUST_CHECK;
