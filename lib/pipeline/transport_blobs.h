/* pipeline/transport_blobs.h - unpacks an image that a transport has opened. */
#pragma once

#include "transport/transport.h"
#include "unpack/unpack.h"

/* As unpack_image. If the source is a stream, image's manifest and config are the real ones afterwards. */
int pipeline_unpack(const struct store *store, const struct store_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct image_layers *out,
		    struct err *err) MUST_CHECK;
