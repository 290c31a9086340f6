/* transport/sink.h - writing images. Lifetime: a sink borrows nothing after _open but what the options point to; one
 * _close. Not thread-safe. */
#pragma once

#include "base/buf.h"
#include "oci/descriptor.h"
#include "transport/options.h"

struct transport_sink; /* an image being written */

/* Writing. Nothing is visible at the destination before _commit, which is atomic: another image of the same layout
 * stays, one of the same tag is replaced. _close without _commit leaves nothing behind (at a registry blobs that no
 * manifest names, which it collects). options NULL = all zero. */
int transport_sink_open(const struct oci_ref *ref, const struct transport_options *options, struct transport_sink **out,
			struct err *err) MUST_CHECK;
/* Asks for d, any blob, so that a destination that does not let us in says so now. Nothing is written or added. */
int transport_sink_probe(struct transport_sink *s, const struct oci_descriptor *d, struct err *err) MUST_CHECK;
/* 1 when the destination has the blob already (or took it over from mount_from): it counts as added. 0 when not. */
int transport_sink_has(struct transport_sink *s, const struct oci_descriptor *d, struct err *err) MUST_CHECK;
/* Adds the blob of d: d->size bytes of fd from offset 0, or (second form) small bytes in memory. Another image's
 * manifest, for an index to name, is such a blob. fd may be closed afterwards, but its file must not change until the
 * commit or the close: a registry gets several at the same time. */
int transport_sink_blob_fd(struct transport_sink *s, const struct oci_descriptor *d, int fd,
			   struct err *err) MUST_CHECK;
int transport_sink_blob(struct transport_sink *s, const struct oci_descriptor *d, const void *data,
			struct err *err) MUST_CHECK;
/* All that was added is at the destination, or this fails. Asked before the first of several destinations is committed;
 * a commit needs it not. */
int transport_sink_flush(struct transport_sink *s, struct err *err) MUST_CHECK;
/* manifest: the bytes of a manifest or an index, which d describes. All that it names was added before. */
int transport_sink_commit(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  struct err *err) MUST_CHECK;
/* After the commit: a manifest of artifact_type whose subject was committed (distribution-spec 1.1, referrers). Its
 * blobs were added. ERR_UNSUPPORTED where the destination knows no such thing. */
int transport_sink_attach(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  const struct oci_descriptor *subject, const char *artifact_type, struct err *err) MUST_CHECK;
/* Whether blobs and manifests stay as they were given, and the manifest's digest names the image. Engines with a store
 * of their own unpack the layers, and name an image by its config. */
bool transport_sink_keeps_blobs(const struct transport_sink *s);
void transport_sink_close(struct transport_sink *s);
static inline void transport_sink_closep(struct transport_sink **s)
{
	transport_sink_close(*s);
}
#define CLEANUP_TRANSPORT_SINK CLEANUP(transport_sink_closep)
