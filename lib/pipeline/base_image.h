/* pipeline/base_image.h - finds the image that another one was built on among the images beside it: all its layers are
 * the lowest ones of the other, by their diff IDs. Only an OCI layout in a directory tells which images it has. */
#pragma once

#include "oci/image_config.h"
#include "oci/ref.h"

#define PIPELINE_BASE_IMAGES 64 /* of a layout that are looked at */

struct pipeline_base_image {
	char *name;               /* its reference */
	struct oci_digest digest; /* of its manifest */
	size_t layers;
};

/* Whether there is one: that with the most layers. An image that cannot be read is passed over. */
bool pipeline_base_image_find(const struct oci_ref *ref, const struct oci_image_config *config,
			      struct pipeline_base_image *out);
void pipeline_base_image_done(struct pipeline_base_image *b);
