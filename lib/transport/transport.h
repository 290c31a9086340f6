/* transport/transport.h - where images come from and go to: a table of backends by scheme.
 * A backend is one file with a const struct transport_backend, a row in transport.c, and its tests.
 * Lifetime: a source or sink borrows nothing after _open; one _close each. Not thread-safe, but the
 * blobs of one source may be read by several threads at once, each blob by one. */
#pragma once

#include "base/buf.h"
#include "base/io.h"
#include "base/progress.h"
#include "layer/unpacked.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "oci/ref.h"

struct transport_source; /* an opened image name */
struct transport_sink;   /* an image being written */

/* How registries and engines are reached. What it points to is borrowed until the source or sink is closed. */
struct transport_options {
	const char *tmp_dir;             /* a directory of this run for what must be spooled; NULL = none is needed */
	const struct progress *progress; /* asked for the end; NULL = never */
	const char *creds;      /* "user:password" for the registry; NULL = auth files and credential helpers */
	const char *creds_host; /* the registry that creds are for ("docker.io", "localhost:5000"); NULL = any */
	const char *auth_file;  /* NULL = the usual ones (net/auth.h) */
	bool tls_verify_off;    /* certificates are not checked, plain HTTP is taken where there is no TLS */
	struct strlist
	    *warnings; /* what the user should know, as of an auth file that others may read, is added; NULL */
	/* Sinks */
	const struct strlist *names; /* for docker-archive: without a tag and for engines: repo:tag to write, beside the
					reference's own; NULL = none */
	const struct oci_ref *mount_from; /* a registry's image, blobs of which may be mounted; NULL = none */
};

/* An image of a source, all of it checked: the manifest against the digest that named it, the config
 * against the manifest, the number of layers against the diff IDs. */
struct transport_image {
	struct oci_manifest manifest;
	struct oci_digest manifest_digest; /* all zero where the source has no manifest (docker-archive) */
	struct oci_digest base_digest; /* what the image's name stands for in its registry: of the index, if it is one;
					  an engine may know it. All zero = not known */
	struct oci_image_config config;
	struct buf config_bytes; /* as they are stored */
	char *name;              /* what the image calls itself: "repo:tag", tag or ""; for default output names */
	struct buf index;        /* the index that the name stands for; empty = there is none */
	struct oci_descriptor index_descriptor; /* of it */
	struct layer_unpacked *unpacked;        /* as many as layers, bottom first; NULL = they must be unpacked */
	size_t n_unpacked;
};

/* A bare name is looked for (transport/locate.h); --verbose and the error of a search in vain tell where. */
int transport_source_open(const struct oci_ref *ref, const struct transport_options *options,
			  struct transport_source **out, struct err *err) MUST_CHECK;
/* What was opened: a bare name's with the transport and engine that have it. Lives as long as s. */
const struct oci_ref *transport_source_ref(const struct transport_source *s);
/* want NULL = the host's platform. An image of another platform than want is ERR_UNSUPPORTED and both
 * are named. */
int transport_source_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *out,
			   struct err *err) MUST_CHECK;
/* The bytes of a layer blob as they are stored; who reads them checks digest and size. */
int transport_source_blob(struct transport_source *s, const struct oci_descriptor *d, struct io_reader *out,
			  struct err *err) MUST_CHECK;
/* Whether they come over a network: reading more of them at once than there are CPUs is of use. */
bool transport_source_is_remote(const struct transport_source *s);
/* A source that is read once, front to back (an engine's export): its layers come in any order, and its manifest and
 * config are provisional until the end: what the engine says of them, all but the bytes.
 * each: one layer's tar, which may be compressed; who reads it to the end finds its diff ID by hashing it, and may
 * leave all or a rest unread. claimed: the diff ID that its name in the stream may mean, unchecked; NULL = none. At the
 * end image's config, config_bytes and manifest are the real ones, checked against the image's ID; who reads the layers
 * knows their sizes, and puts them into the manifest. */
typedef int transport_each_layer(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err);
bool transport_source_is_stream(const struct transport_source *s);
int transport_source_stream(struct transport_source *s, struct transport_image *image, transport_each_layer *each,
			    void *ctx, struct err *err) MUST_CHECK;
void transport_source_close(struct transport_source *s);
static inline void transport_source_closep(struct transport_source **s)
{
	transport_source_close(*s);
}
#define CLEANUP_SOURCE CLEANUP(transport_source_closep)
void transport_image_done(struct transport_image *i);
#define CLEANUP_IMAGE CLEANUP(transport_image_done)

/* Which family of media types the destination's format calls for: docker-archive and engines: Docker's; oci and
 * oci-archive: OCI; 1 where either will do (registries, dir), *out is unchanged then. */
int transport_family(const struct oci_ref *ref, enum oci_family *out, struct err *err) MUST_CHECK;
/* Whether it stores layers unpacked, so that compressing them is wasted: engines. */
bool transport_unpacks(const struct oci_ref *ref);

/* Writing. Nothing is visible at the destination before _commit, which is atomic: another image of the
 * same layout stays, one of the same tag is replaced. _close without _commit leaves nothing behind (at a registry blobs
 * that no manifest names, which it collects). options NULL = all zero. */
int transport_sink_open(const struct oci_ref *ref, const struct transport_options *options, struct transport_sink **out,
			struct err *err) MUST_CHECK;
/* 1 when the destination has the blob already (or took it over from mount_from): it counts as added. 0 when not. */
int transport_sink_has(struct transport_sink *s, const struct oci_descriptor *d, struct err *err) MUST_CHECK;
/* Add the blob of d: d->size bytes of fd from offset 0, or (second form) small bytes in memory. Another image's
 * manifest, for an index to name, is such a blob. fd may be closed afterwards, but its
 * file stays as it is until the commit or the close: a registry is sent several at the same time. */
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
void transport_sink_close(struct transport_sink *s);
static inline void transport_sink_closep(struct transport_sink **s)
{
	transport_sink_close(*s);
}
#define CLEANUP_SINK CLEANUP(transport_sink_closep)
