/* rootfs/in_place.h - layers that lie unpacked elsewhere on this machine: used where they are. Nothing is copied, and
 * what is read of them is read through a mount of our own that is read-only and leaves access times alone (where the
 * kernel lets us make one). */
#pragma once

#include "base/progress.h"
#include "rootfs/unpack.h"

/* The layers that image->unpacked names. ERR_UNSUPPORTED: one is not what overlayfs can take as a layer of ours, or
 * does not have the entries of its tar. */
int rootfs_in_place(const struct transport_image *image, const struct progress *progress, struct rootfs_layers *out,
		    struct err *err) MUST_CHECK;
