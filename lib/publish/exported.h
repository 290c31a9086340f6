/* publish/exported.h - the image of a source that is read front to back (an engine's export) as single blobs, so that
 * it can be published as it is. Its layers are compressed anew: their digests are not those of a registry that the
 * engine once had them from, but their diff IDs and the configuration are.
 * Lifetime: all zero, one _make, _done after it even if it failed; the layers are files without a name until then. */
#pragma once

#include "transport/transport.h"

struct publish_exported {
	struct transport_image image; /* without manifest_bytes */
	int *layers;                  /* files, bottom first; as many as image's manifest has */
	size_t n_layers;
};

/* known: the image as the source described it. dir: where the files are made. ERR_CORRUPT if what comes is not that
 * image. */
int publish_exported_make(struct transport_source *source, const struct transport_image *known,
			  enum oci_compression compression, int dir, struct publish_exported *out,
			  struct err *err) MUST_CHECK;
void publish_exported_done(struct publish_exported *e);
#define CLEANUP_PUBLISH_EXPORTED CLEANUP(publish_exported_done)
