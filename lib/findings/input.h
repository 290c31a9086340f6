/* findings/input.h - what is known of an image when it is judged. */
#pragma once

#include "findings/exceptions.h"
#include "findings/watch.h"
#include "inspect/history.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "packages/packages.h"

/* Borrowed. */
struct findings_input {
	const struct inspect_lists *lists;
	const struct inspect_history *history;
	const struct image_index *index; /* of the final file system */
	const struct packages *packages;
	const struct oci_image_config *config;
	const struct oci_manifest *manifest;
	const struct findings_watch *seen; /* saw the layers of lists pass by */
	/* An image beside this one that has its lowest layers; NULL and 0 = there is none. */
	const char *base_name, *base_digest;
	size_t base_layers;
	struct findings_exceptions *exceptions; /* may be NULL; those that are used get marked */
};
