/* pipeline/unpacked.h - an image opened by its reference, unpacked and indexed. */
#pragma once

#include "image/index.h"
#include "store/store.h"
#include "transport/transport.h"

struct pipeline_unpacked_image {
	struct transport_source *source;
	struct transport_image image;
	struct image_layers layers;
	struct image_index *index;
};

/* platform NULL = the host's; access NULL = nothing special; progress: of the unpacking. *out is all zero on failure.
 */
int pipeline_unpacked_open(const struct oci_ref *ref, const struct oci_platform *platform, struct store *store,
			   struct store_run *run, const struct transport_options *access,
			   const struct progress *progress, struct pipeline_unpacked_image *out,
			   struct err *err) MUST_CHECK;
void pipeline_unpacked_done(struct pipeline_unpacked_image *u);
#define CLEANUP_UNPACKED CLEANUP(pipeline_unpacked_done)
