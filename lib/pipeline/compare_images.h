/* pipeline/compare_images.h - opens two images and reads what their layers hold, as far as it differs.
 * Layers are shared if they have the same diff ID at the same place, counted from the bottom. A shared layer is read at
 * most once: from an image that does not come over a network, if there is one. If both come over a network, the shared
 * layers are not read unless the caller asks for it. Of an image that comes in a stream all layers are read. */
#pragma once

#include "pipeline/inspect_image.h"

struct pipeline_comparison {
	/* Lists of shared layers in the second image are those of the first, or the other way round. */
	struct pipeline_inspected images[2];
	struct inspect_texts texts; /* of both */
	size_t shared;              /* layers */
	size_t unread;              /* = shared, or 0 if they were read: lists of so many layers are empty */
	int lender;                 /* the image that owns the lists of the shared layers */
	bool lent;                  /* the other image has them, too */
};

/* all: read the shared layers in any case. Images with the same config are equal: unless all is set, no more than their
 * manifests is read from a network, and the configs are all zero. out must not move; it is all zero on failure. */
int pipeline_compare(const struct oci_ref refs[2], const struct oci_platform *platform,
		     const struct transport_options *access, bool all, const struct progress *progress,
		     struct pipeline_comparison *out, struct err *err) MUST_CHECK;
void pipeline_comparison_done(struct pipeline_comparison *c);
#define CLEANUP_COMPARISON CLEANUP(pipeline_comparison_done)
