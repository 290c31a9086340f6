#include "pipeline/base_image.h"

#include "os/fd.h"
#include "store/config_store.h"

/* Offers an image whose config the store has. */
static void offer(void *ctx, const struct oci_digest *digest, const struct buf *bytes, const char *reference)
{
	struct oci_base_search *search = ctx;
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	if (oci_image_config_parse(bytes->data, bytes->len, &config, NULL) == 0)
		oci_base_search_offer_config(search, reference, digest, &config);
}

static void search_store(struct oci_base_search *search)
{
	CLEANUP_FD int store = oci_base_search_is_over(search) ? -1 : store_open_to_read(NULL, NULL);
	if (store >= 0)
		store_configs_read(store, search->of->diff_ids[0].text, offer, search);
}

bool pipeline_base_image_find(struct transport_source *source, const struct oci_image_config *config,
			      struct oci_base_search *out)
{
	*out = (struct oci_base_search){.of = config, .left = PIPELINE_BASE_IMAGES};
	transport_source_find_base(source, out);
	search_store(out);
	return out->layers;
}
