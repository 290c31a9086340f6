/* transport/registry/pull_push.h - the functions of docker://NAME, which backend.c puts together: pull.c is the source,
 * push.c the sink. transport/backend.h describes each. Private to lib/transport/registry/. */
#pragma once

#include "transport/backend.h"

int registry_source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			 struct err *err);
int registry_source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err);
int registry_source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err);
int registry_source_referrers(void *ctx, const struct oci_digest *subject, const char *artifact_type,
			      struct oci_index *out, struct err *err);
void registry_source_close(void *ctx);

int registry_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			 struct err *err);
int registry_sink_probe(void *ctx, const struct oci_descriptor *d, struct err *err);
int registry_sink_has(void *ctx, const struct oci_descriptor *d, struct err *err);
int registry_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err);
int registry_sink_flush(void *ctx, struct err *err);
int registry_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			 const struct oci_manifest *manifest, struct err *err);
int registry_sink_attach(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			 const struct oci_descriptor *subject, const char *artifact_type, struct err *err);
void registry_sink_abandon(void *ctx);
