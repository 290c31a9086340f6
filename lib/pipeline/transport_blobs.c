#include "pipeline/transport_blobs.h"

#include "base/mem.h"
#include "store/config_store.h"

static int read_blob(void *ctx, const struct oci_descriptor *blob, struct io_reader *out, struct err *err)
{
	const struct pipeline_blobs *b = ctx;
	return transport_source_blob(b->transport, blob, out, err);
}

static int stream(void *ctx, unpack_blob_source_layer *each, void *each_ctx, struct err *err)
{
	const struct pipeline_blobs *b = ctx;
	return transport_source_stream(b->transport, b->image, each, each_ctx, err);
}

void pipeline_blobs_init(struct pipeline_blobs *b, struct transport_source *source, struct transport_image *image)
{
	b->transport = source;
	b->image = image;
	b->source = (struct unpack_blob_source){
	    .manifest = &image->manifest,
	    .config = &image->config,
	    .config_bytes = &image->config_bytes,
	    .unpacked = image->unpacked,
	    .n_unpacked = image->n_unpacked,
	    .has_blobs = transport_source_has_blobs(source),
	    .is_remote = transport_source_is_remote(source),
	    .read = read_blob,
	    .stream = transport_source_is_stream(source) ? stream : NULL,
	    .ctx = b,
	};
}

/* What the image is called where others can find it by that: in a registry or an engine; free(). NULL = nowhere. */
static char *reference_of(const struct transport_source *source, const struct transport_image *image)
{
	const struct oci_ref *opened = transport_source_ref(source);
	const struct transport_traits *traits = transport_traits(opened->scheme);
	if (!traits->engine)
		return traits->registry ? oci_ref_text(opened) : NULL;
	CLEANUP_OCI_REF struct oci_ref ref = {0}; /* opened may name it by its ID */
	oci_ref_init(opened->scheme, mem_strdup(image->name), NULL, &ref);
	return *image->name ? oci_ref_text(&ref) : NULL;
}

int pipeline_unpack(const struct store *store, const struct store_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct image_layers *out,
		    struct err *err)
{
	struct pipeline_blobs blobs;
	pipeline_blobs_init(&blobs, source, image);
	const int r = unpack_image(store, run, &blobs.source, progress, out, err);
	CLEANUP_FREE char *reference = r < 0 ? NULL : reference_of(source, image);
	if (reference)
		store_config_keep(store, &image->manifest.config.digest, &image->config_bytes, reference);
	return r;
}
