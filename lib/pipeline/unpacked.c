#include "pipeline/unpacked.h"

#include "pipeline/transport_blobs.h"

int pipeline_unpacked_open(const struct oci_ref *ref, const struct oci_platform *platform, struct store *store,
			   struct store_run *run, const struct transport_options *access,
			   const struct progress *progress, struct pipeline_unpacked_image *out, struct err *err)
{
	struct pipeline_unpacked_image u = {0};
	struct transport_options t = access ? *access : (struct transport_options){0};
	t.tmp_dir = run->path;
	t.progress = progress;
	int r = transport_source_open(ref, &t, &u.source, err);
	if (r == 0)
		r = transport_source_image(u.source, platform, &u.image, err);
	if (r == 0)
		r = pipeline_unpack(store, run, u.source, &u.image, progress, &u.layers, err);
	if (r == 0)
		r = image_index_build(&u.layers, &u.index, err);
	if (r < 0)
		pipeline_unpacked_done(&u);
	else
		*out = u;
	return r;
}

void pipeline_unpacked_done(struct pipeline_unpacked_image *u)
{
	image_index_free(u->index);
	image_layers_done(&u->layers);
	transport_image_done(&u->image);
	transport_source_close(u->source);
	*u = (struct pipeline_unpacked_image){0};
}
