/* pipeline/transport_blobs.h - gives unpack/ and inspect/ the layers of an image that a transport has opened. */
#pragma once

#include "transport/transport.h"
#include "unpack/unpack.h"

struct pipeline_blobs {
	struct unpack_blob_source source;
	struct transport_source *transport;
	struct transport_image *image;
};

/* Both must outlive b, and b must not move. */
void pipeline_blobs_init(struct pipeline_blobs *b, struct transport_source *source, struct transport_image *image);

/* As unpack_image; the store keeps the config if the image comes from a registry or an engine. If the source is a
 * stream, image's manifest and config are the real ones afterwards. */
int pipeline_unpack(const struct store *store, const struct store_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct image_layers *out,
		    struct err *err) MUST_CHECK;
