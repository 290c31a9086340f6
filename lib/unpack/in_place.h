/* unpack/in_place.h - takes layers that already lie unpacked elsewhere on this machine, and leaves them there. Nothing
 * is copied, and what is read of them is read through a mount of our own that is read-only and leaves access times
 * alone (where the kernel lets us make one). */
#pragma once

#include "base/progress.h"
#include "image/layers.h"
#include "store/store.h"
#include "unpack/blob_source.h"

/* The layers that source->unpacked names. ERR_UNSUPPORTED: one is not what overlayfs can take as a layer of ours, or
 * does not have the entries of its tar. Of the store only its limit is used (ERR_LIMIT). */
int unpack_in_place(const struct store *store, const struct unpack_blob_source *source, const struct progress *progress,
		    struct image_layers *out, struct err *err) MUST_CHECK;
