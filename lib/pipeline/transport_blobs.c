#include "pipeline/transport_blobs.h"

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

int pipeline_unpack(const struct store *store, const struct store_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct image_layers *out,
		    struct err *err)
{
	struct pipeline_blobs blobs;
	pipeline_blobs_init(&blobs, source, image);
	return unpack_image(store, run, &blobs.source, progress, out, err);
}
