/* pipeline/base_image.h - finds the image that an opened one was built on, by the diff IDs of its lowest layers. */
#pragma once

#include "oci/base_search.h"
#include "transport/transport.h"

#define PIPELINE_BASE_IMAGES 64 /* of a layout, archive or engine that are looked at */

/* Looks among the images beside it, those of the same layout, archive or engine, and then among those that the user's
 * store knows (store/config_store.h): they come from registries and engines. Whether there is one; out's layers,
 * name and digest describe it. What cannot be read is passed over. */
bool pipeline_base_image_find(struct transport_source *source, const struct oci_image_config *config,
			      struct oci_base_search *out);
