/* layer/writer.h - writes one layer tar, compressed, hashing both sides as it goes.
 * Spec: image-spec 1.1 layer.md (changesets) and config.md (rootfs.diff_ids).
 * Shape: entries arrive sorted by path, parents before children; the same input gives the same bytes.
 * pax where ustar does not suffice; numeric owners only; xattrs as SCHILY.xattr.*, ACLs among them.
 * Lifetime: _new, any number of _add, one _finish, _free. Not thread-safe; independent of the locale. */
#pragma once

#include "layer/codec.h"
#include "layer/entry.h"

struct layer_writer;
struct layer_writer *layer_writer_new(int fd, enum oci_compression c, int level); /* fd borrowed */
/* content: an fd at offset 0 with e->size bytes for a regular file that is not a hard link, else -1; borrowed.
 * ERR_CORRUPT if its size differs. After an error every call returns it again. */
int layer_writer_add(struct layer_writer *w, const struct layer_entry *e, int content, struct err *err) MUST_CHECK;
int layer_writer_finish(struct layer_writer *w, struct layer_digests *out, struct err *err) MUST_CHECK;
void layer_writer_free(struct layer_writer *w);
static inline void layer_writer_freep(struct layer_writer **w)
{
	layer_writer_free(*w);
}
#define CLEANUP_LAYER_WRITER CLEANUP(layer_writer_freep)
