/* pipeline/unpacked.h - an image opened by its reference, unpacked and indexed. */
#pragma once

#include "rootfs/index.h"
#include "rootfs/store.h"
#include "transport/transport.h"

struct unpacked_image {
	struct transport_source *source;
	struct transport_image image;
	struct rootfs_layers layers;
	struct rootfs_index *index;
};

/* platform NULL = the host's; access NULL = nothing special; progress: of the unpacking. *out is all zero on failure.
 */
int unpacked_open(const struct oci_ref *ref, const struct oci_platform *platform, struct rootfs_store *store,
		  struct rootfs_run *run, const struct transport_options *access, const struct progress *progress,
		  struct unpacked_image *out, struct err *err) MUST_CHECK;
void unpacked_done(struct unpacked_image *u);
#define CLEANUP_UNPACKED CLEANUP(unpacked_done)
