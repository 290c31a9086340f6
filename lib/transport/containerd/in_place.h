/* transport/containerd/in_place.h - the layers of an image where containerd's overlayfs snapshotter has them. Private
 * to lib/transport/containerd/. */
#pragma once

#include "oci/image_config.h"
#include "oci/manifest.h"
#include "transport/containerd/client.h"
#include "transport/image.h"

/* The image. */
struct containerd_layers {
	const struct oci_manifest *manifest;
	const struct oci_image_config *config;
	int blobs; /* the directory of containerd's blobs */
};

/* A view of the image's snapshots keeps containerd from removing them while they are used; no file is written but the
 * view's own empty directories. All zero = none. */
struct containerd_in_place {
	char *lease, *key; /* of the view; NULL = none */
};

/* Fills out with a layer for each diff ID, bottom first. ERR_UNSUPPORTED says why they cannot be used where they are;
 * the only other error is ERR_CANCELLED. */
int containerd_in_place_open(struct containerd *c, const struct containerd_layers *from, struct containerd_in_place *p,
			     struct layer_unpacked **out, struct err *err) MUST_CHECK;
void containerd_in_place_close(struct containerd *c, struct containerd_in_place *p);
