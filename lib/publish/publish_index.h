/* publish/publish_index.h - makes a copy of the source's index with the slim image in place of its original. The other
 * platforms' entries stay as they are. */
#pragma once

#include "publish/publish_image.h"

/* Copies the manifests and blobs of the other platforms to sink. slim: the manifest of the slim image, which sink has
 * already. *out: the index. Leaves out attestations of the replaced image, because they describe other bytes. */
int publish_index(const struct publish_image *p, struct transport_sink *sink, const struct oci_descriptor *slim,
		  struct buf *out, struct err *err) MUST_CHECK;
