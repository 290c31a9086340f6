/* transport/containerd/unpack.h - has containerd unpack an image into snapshots, so that a container starts at once.
 * Private to lib/transport/containerd/. */
#pragma once

#include "oci/image_config.h"
#include "oci/manifest.h"
#include "transport/containerd/client.h"

/* Under the lease in use. The blobs are there. Layers that are unpacked already are left alone. The config's blob is
 * labelled with the snapshot, which then stays as long as the image. */
int containerd_unpack(struct containerd *c, const struct oci_manifest *m, const struct oci_image_config *config,
		      struct err *err) MUST_CHECK;
