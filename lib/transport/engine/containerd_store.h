/* transport/engine/containerd_store.h - Docker that keeps its images in containerd (the default from Docker 29 on): an
 * image's ID is the digest of its manifest or index, and the engine loads OCI archives as they are. Private to
 * lib/transport/engine/. */
#pragma once

#include "transport/engine/opened.h"

/* info: GET /info. */
bool engine_has_containerd_store(const json_t *info);
/* Opens the image where containerd has it, which must be under one of the image's names and the ID's digest: *ctx is a
 * source as containerd/source.h has it. ERR_UNSUPPORTED says why not; ERR_CANCELLED. */
int engine_containerd_store_open(const struct engine_source *s, const struct transport_options *options, void **ctx,
				 struct err *err) MUST_CHECK;
