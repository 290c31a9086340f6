/* transport/backend.h - what a transport implements; private to lib/transport/. */
#pragma once

#include "transport/transport.h"

struct transport_backend {
	const char *scheme;
	enum oci_family family; /* of what it writes */

	/* Source: *ctx is the backend's own. */
	int (*open)(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err);
	/* The top document (index or manifest bytes) with its media type and digest. For a source without
	 * manifests: ERR_NOTFOUND is never returned, it makes a manifest up and leaves digest all zero. */
	int (*top)(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err);
	/* Any blob: manifests and configs too. Only this one may run in several threads, once top is done. */
	int (*blob)(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err);
	void (*close)(void *ctx);

	/* Sink */
	int (*create)(const struct oci_ref *ref, const char *name, void **ctx, struct err *err);
	int (*put)(void *ctx, const struct oci_descriptor *d, int fd, const void *data,
		   struct err *err); /* fd or data */
	int (*commit)(void *ctx, const struct oci_descriptor *d, const struct oci_manifest *manifest, struct err *err);
	void (*abandon)(void *ctx); /* also after commit: frees */
};

extern const struct transport_backend transport_layout;         /* layout.c: oci: */
extern const struct transport_backend transport_oci_archive;    /* oci_archive.c */
extern const struct transport_backend transport_docker_archive; /* docker_archive.c */

/* The bytes of a manifest or config of a source, checked against size and digest of d; more than max
 * is ERR_LIMIT. out is replaced. */
int transport_read_document(const struct transport_backend *backend, void *ctx, const struct oci_descriptor *d,
			    size_t max, struct buf *out, struct err *err) MUST_CHECK;
