/* transport/backend.h - what a transport implements; private to lib/transport/. */
#pragma once

#include "oci/base_search.h"
#include "oci/index.h"
#include "os/io.h"
#include "transport/image.h"
#include "transport/options.h"
#include "transport/traits.h"

struct transport_backend {
	struct transport_traits traits;

	/* Source: *ctx belongs to the backend. NULL = the backend is not a source. */
	int (*open)(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err);
	/* The top document (index or manifest bytes) with its media type and digest. For a source without
	 * manifests: ERR_NOTFOUND is never returned, it makes a manifest up and leaves digest all zero. */
	int (*top)(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err);
	/* Sets engine and space of a reference to the opened image. NULL = they are as they were written. */
	void (*place)(void *ctx, struct oci_ref *ref);
	/* Any blob: manifests and configs too. Only this one may run in several threads, once top is done. */
	int (*blob)(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err);
	/* Fills image->unpacked, if all layers are in place; the rest of image is known. NULL = never. */
	int (*unpacked)(void *ctx, struct transport_image *image, struct err *err);
	/* See transport_source_stream: asked after unpacked, which may make it needless. NULL = blobs by digest. */
	bool (*is_stream)(void *ctx);
	int (*stream)(void *ctx, struct transport_image *image, transport_each_layer *each, void *each_ctx,
		      struct err *err);
	/* What refers to subject, with that artifactType, is added to out; see transport_source_referrers. NULL = the
	 * transport knows no such thing. */
	int (*referrers)(void *ctx, const struct oci_digest *subject, const char *artifact_type, struct oci_index *out,
			 struct err *err);
	/* See transport_source_find_base. ref: what open got. NULL = there are no other images, or they are not listed.
	 */
	void (*find_base)(void *ctx, const struct oci_ref *ref, struct oci_base_search *search);
	void (*close)(void *ctx);

	/* Sink; NULL = the backend is not a sink. */
	int (*create)(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err);
	int (*probe)(void *ctx, const struct oci_descriptor *d, struct err *err); /* NULL = create has seen it all */
	int (*has)(void *ctx, const struct oci_descriptor *d, struct err *err);   /* NULL = never */
	int (*put)(void *ctx, const struct oci_descriptor *d, int fd, const void *data,
		   struct err *err);              /* fd or data */
	int (*flush)(void *ctx, struct err *err); /* what put began is done; NULL = put does all */
	bool (*keeps_blobs)(void *ctx);           /* see transport_sink_keeps_blobs; NULL = by the traits */
	/* bytes: of the manifest or index that d describes; manifest: it parsed, NULL for an index. */
	int (*commit)(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		      const struct oci_manifest *manifest, struct err *err);
	int (*attach)(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		      const struct oci_descriptor *subject, const char *artifact_type, struct err *err);
	void (*abandon)(void *ctx); /* also after commit: frees */
};

extern const struct transport_backend transport_layout;         /* file/layout.c: oci: */
extern const struct transport_backend transport_oci_archive;    /* file/oci_archive.c */
extern const struct transport_backend transport_docker_archive; /* file/docker_archive.c */
extern const struct transport_backend transport_dir;            /* file/dir_transport.c: dir: */
extern const struct transport_backend transport_rootfs_dir;     /* file/rootfs_dir.c: rootfs: */
extern const struct transport_backend transport_containerd;     /* containerd/backend.c */
