/* transport/containerd/root_entry.h - what a layer's tar says of the root. containerd leaves that out when it unpacks,
 * so a snapshot does not show it. Private to lib/transport/containerd/. */
#pragma once

#include "layer/unpacked.h"
#include "oci/descriptor.h"

/* Reads the beginning of the blob in the directory blobs: the root is the first entry, if it is one. Fills bare_root
 * and root of out. A blob that cannot be read, which containerd may have discarded, tells nothing: bare_root.
 * ERR_UNSUPPORTED if the root has extended attributes. */
int containerd_root_entry(int blobs, const struct oci_descriptor *layer, struct layer_unpacked *out,
			  struct err *err) MUST_CHECK;
