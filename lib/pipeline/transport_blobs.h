/* pipeline/transport_blobs.h - unpacks an image that a transport has opened. */
#pragma once

#include "rootfs/unpack.h"
#include "transport/transport.h"

/* As rootfs_unpack. If the source is a stream, image's manifest and config are the real ones afterwards. */
int pipeline_unpack(const struct rootfs_store *store, const struct rootfs_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct rootfs_layers *out,
		    struct err *err) MUST_CHECK;
