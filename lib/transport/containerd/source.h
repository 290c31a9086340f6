/* transport/containerd/source.h - the functions of the source, for backend.c and for engines whose images containerd
 * has. Private to lib/transport/. */
#pragma once

#include "transport/backend.h"

int containerd_source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			   struct err *err);
/* An image whose digest is known. */
struct containerd_known {
	const char *socket, *space;
	const struct strlist *names; /* in full; it has one of them */
	const struct oci_digest *digest;
};
int containerd_source_open_known(const struct containerd_known *k, const struct transport_options *options, void **ctx,
				 struct err *err) MUST_CHECK;
void containerd_source_place(void *ctx, struct oci_ref *ref);
int containerd_source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err);
int containerd_source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err);
int containerd_source_unpacked(void *ctx, struct transport_image *image, struct err *err);
void containerd_source_close(void *ctx);
