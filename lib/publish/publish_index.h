/* publish/publish_index.h - the source's index with the slim image in place of the image that it was made of: what the
 * other platforms' names stand for stays. */
#pragma once

#include "publish/publish_image.h"

/* The other platforms' manifests and blobs go to sink; slim, which was put there, is the platform's. *out: the index.
 * Attestations of the image that is replaced are left out: they are of other bytes. */
int publish_index(const struct publish_image *p, struct transport_sink *sink, const struct oci_descriptor *slim,
		  struct buf *out, struct err *err) MUST_CHECK;
