#include "transport/containerd/root_entry.h"

#include "layer/reader.h"
#include "transport/file/directory.h"

int containerd_root_entry(int blobs, const struct oci_descriptor *layer, struct layer_unpacked *out, struct err *err)
{
	struct io_reader blob;
	const struct layer_entry *e;
	out->bare_root = true;
	if (file_directory_open_blob(blobs, oci_digest_hex(&layer->digest), layer, &blob, NULL) < 0)
		return 0;
	CLEANUP_LAYER_READER struct layer_reader *reader = layer_reader_new(blob);
	if (layer_reader_next(reader, &e, NULL) <= 0 || e->path[0] || !S_ISDIR(e->mode))
		return 0;
	if (e->n_xattrs)
		return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited",
			       "the root in its tar has extended attributes");
	out->bare_root = false;
	out->root = (struct stat){.st_mode = e->mode, .st_uid = e->uid, .st_gid = e->gid, .st_mtim = e->mtime};
	return 0;
}
