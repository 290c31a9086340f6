/* transport/file/archive_sink.h - writes oci-archive: and docker-archive:; private to lib/transport/.
 * Both are the same tar of an OCI layout; docker-archive has docker's manifest.json in it too, so that docker load of
 * old and new engines, podman and skopeo read it. Spec: image-spec 1.1 image-layout.md; moby image/spec
 * (manifest.json).
 * The file is what os/output_file.h says of a user's file: "-" and a device are written in place.
 * These are the sink functions of transport/backend.h. */
#pragma once

#include "transport/backend.h"

int file_archive_sink_create_oci(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
				 struct err *err);
int file_archive_sink_create_docker(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
				    struct err *err);
int file_archive_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err);
int file_archive_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			     const struct oci_manifest *manifest, struct err *err);
void file_archive_sink_abandon(void *ctx);
