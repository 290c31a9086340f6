/* transport/engine/backends.h - docker-daemon:NAME and containers-storage:NAME, images in an engine.
 * transport/backend.h describes the functions. Private to lib/transport/. */
#pragma once

#include "transport/backend.h"

extern const struct transport_backend transport_engine; /* export.c; the reference's scheme tells which engines */

/* load.c */
int engine_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err);
int engine_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err);
bool engine_sink_keeps_blobs(void *ctx);
int engine_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
		       const struct oci_manifest *manifest, struct err *err);
void engine_sink_abandon(void *ctx);
