/* transport/transport.h - where images come from and go to: a table of backends by scheme.
 * A backend is one file with a const struct transport_backend, a row in transport.c, and its tests.
 * Lifetime: a source or sink borrows nothing after _open; one _close each. Not thread-safe, but the
 * blobs of one source may be read by several threads at once, each blob by one. */
#pragma once

#include "base/buf.h"
#include "base/io.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "oci/ref.h"

struct transport_source; /* an opened image name */
struct transport_sink;   /* an image being written */

struct transport_options {
	const char *tmp_dir; /* a directory of this run for what must be spooled; NULL = none is needed */
};

/* An image of a source, all of it checked: the manifest against the digest that named it, the config
 * against the manifest, the number of layers against the diff IDs. */
struct transport_image {
	struct oci_manifest manifest;
	struct oci_digest manifest_digest; /* all zero where the source has no manifest (docker-archive) */
	struct oci_image_config config;
	char *name; /* what the image calls itself: "repo:tag", tag or ""; for default output names */
};

int transport_source_open(const struct oci_ref *ref, const struct transport_options *options,
			  struct transport_source **out, struct err *err) MUST_CHECK;
/* want NULL = the host's platform. An image of another platform than want is ERR_UNSUPPORTED and both
 * are named. */
int transport_source_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *out,
			   struct err *err) MUST_CHECK;
/* The bytes of a layer blob as they are stored; who reads them checks digest and size. */
int transport_source_blob(struct transport_source *s, const struct oci_descriptor *d, struct io_reader *out,
			  struct err *err) MUST_CHECK;
void transport_source_close(struct transport_source *s);
static inline void transport_source_closep(struct transport_source **s)
{
	transport_source_close(*s);
}
#define CLEANUP_SOURCE CLEANUP(transport_source_closep)
void transport_image_done(struct transport_image *i);
#define CLEANUP_IMAGE CLEANUP(transport_image_done)

/* Which family of media types the destination's format calls for: docker-archive: Docker's, else OCI. */
int transport_family(const struct oci_ref *ref, enum oci_family *out, struct err *err) MUST_CHECK;

/* Writing. Nothing is visible at the destination before _commit, which is atomic: another image of the
 * same layout stays, one of the same tag is replaced. _close without _commit leaves nothing behind.
 * name: for docker-archive without a tag in ref, the repo:tag to write (may be NULL). */
int transport_sink_open(const struct oci_ref *ref, const char *name, struct transport_sink **out,
			struct err *err) MUST_CHECK;
/* Add the blob of d: d->size bytes of fd from offset 0, or (second form) small bytes in memory. */
int transport_sink_blob_fd(struct transport_sink *s, const struct oci_descriptor *d, int fd,
			   struct err *err) MUST_CHECK;
int transport_sink_blob(struct transport_sink *s, const struct oci_descriptor *d, const void *data,
			struct err *err) MUST_CHECK;
/* manifest: its bytes, which d describes. All blobs that it names were added before. */
int transport_sink_commit(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  struct err *err) MUST_CHECK;
void transport_sink_close(struct transport_sink *s);
static inline void transport_sink_closep(struct transport_sink **s)
{
	transport_sink_close(*s);
}
#define CLEANUP_SINK CLEANUP(transport_sink_closep)
