#include "pipeline/base_image.h"

bool pipeline_base_image_find(struct transport_source *source, const struct oci_image_config *config,
			      struct oci_base_search *out)
{
	*out = (struct oci_base_search){.of = config, .left = PIPELINE_BASE_IMAGES};
	transport_source_find_base(source, out);
	return out->layers;
}
