/* unpack/in_place.h - uses layers that are already unpacked elsewhere on this machine, without copying them. They are
 * read through a mount of our own that is read-only and does not change access times, if the kernel lets us make one.
 */
#pragma once

#include "base/progress.h"
#include "image/layers.h"
#include "store/store.h"
#include "unpack/blob_source.h"

/* Opens the layers that source->unpacked names. ERR_UNSUPPORTED if overlayfs can't take one of them as a layer of
 * ours, or if one does not have the entries of its tar. Of the store only its limit is used (ERR_LIMIT). */
int unpack_in_place(const struct store *store, const struct unpack_blob_source *source, const struct progress *progress,
		    struct image_layers *out, struct err *err) MUST_CHECK;
