#include "pipeline/transport_blobs.h"

struct opened {
	struct transport_source *source;
	struct transport_image *image;
};

static int read_blob(void *ctx, const struct oci_descriptor *blob, struct io_reader *out, struct err *err)
{
	const struct opened *o = ctx;
	return transport_source_blob(o->source, blob, out, err);
}

static int stream(void *ctx, unpack_blob_source_layer *each, void *each_ctx, struct err *err)
{
	const struct opened *o = ctx;
	return transport_source_stream(o->source, o->image, each, each_ctx, err);
}

int pipeline_unpack(const struct store *store, const struct store_run *run, struct transport_source *source,
		    struct transport_image *image, const struct progress *progress, struct image_layers *out,
		    struct err *err)
{
	struct opened opened = {source, image};
	const struct unpack_blob_source blobs = {
	    .manifest = &image->manifest,
	    .config = &image->config,
	    .config_bytes = &image->config_bytes,
	    .unpacked = image->unpacked,
	    .n_unpacked = image->n_unpacked,
	    .is_remote = transport_source_is_remote(source),
	    .read = read_blob,
	    .stream = transport_source_is_stream(source) ? stream : NULL,
	    .ctx = &opened,
	};
	return unpack_image(store, run, &blobs, progress, out, err);
}
