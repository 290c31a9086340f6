/* transport/containerd/sink.h - the functions of the sink, for backend.c. Private to lib/transport/containerd/. */
#pragma once

#include "transport/backend.h"

int containerd_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			   struct err *err);
int containerd_sink_has(void *ctx, const struct oci_descriptor *d, struct err *err);
int containerd_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err);
int containerd_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			   const struct oci_manifest *manifest, struct err *err);
void containerd_sink_abandon(void *ctx);
