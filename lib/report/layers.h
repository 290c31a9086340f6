/* report/layers.h - the layers of an image that was slimmed: what each brings, what later layers hide of it, and what
 * stays. The member "layers" of a report, described in slim-report(5). */
#pragma once

#include <jansson.h>

#include "image/layers.h"
#include "keep/set.h"
#include "oci/image_config.h"

/* An element for each layer, bottom first. x: what the layers show together. k: of x; NULL = nothing was decided. */
json_t *report_layers(const struct oci_image_config *config, const struct image_layers *layers,
		      const struct image_index *x, const struct keep_set *k);
