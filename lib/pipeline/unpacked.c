#include "pipeline/unpacked.h"

#include "pipeline/transport_blobs.h"

int unpacked_open(const struct oci_ref *ref, const struct oci_platform *platform, struct rootfs_store *store,
		  struct rootfs_run *run, const struct transport_options *access, const struct progress *progress,
		  struct unpacked_image *out, struct err *err)
{
	struct unpacked_image u = {0};
	struct transport_options t = access ? *access : (struct transport_options){0};
	t.tmp_dir = run->path;
	t.progress = progress;
	int r = transport_source_open(ref, &t, &u.source, err);
	if (r == 0)
		r = transport_source_image(u.source, platform, &u.image, err);
	if (r == 0)
		r = pipeline_unpack(store, run, u.source, &u.image, progress, &u.layers, err);
	if (r == 0)
		r = rootfs_index_build(&u.layers, &u.index, err);
	if (r < 0)
		unpacked_done(&u);
	else
		*out = u;
	return r;
}

void unpacked_done(struct unpacked_image *u)
{
	rootfs_index_free(u->index);
	image_layers_done(&u->layers);
	transport_image_done(&u->image);
	transport_source_close(u->source);
	*u = (struct unpacked_image){0};
}
