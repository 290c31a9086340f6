/* unpack/unpack.h - unpacks an image's layers into directories (image/layers.h).
 * Every digest and diff ID is checked in the pass that inflates and unpacks. Layers that the store
 * holds are not read again. Needs the right to mknod, chown and set trusted xattrs (root). */
#pragma once

#include "base/progress.h"
#include "image/layers.h"
#include "store/store.h"
#include "unpack/blob_source.h"

/* Layers that are unpacked already are used in place (in_place.h). Of others two are unpacked at a time, or four if
 * they come over a network, or one after the other if they come in a stream. run: holds incomplete layers. Errors
 * name the layer by number and digest. */
int unpack_image(const struct store *store, const struct store_run *run, const struct unpack_blob_source *source,
		 const struct progress *progress, struct image_layers *out, struct err *err) MUST_CHECK;
