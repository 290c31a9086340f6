/* layer/compress.h - compresses the tar of a layer that lies in a file already, hashing the blob.
 * The blob has the same bytes as if layer_encoder (codec.h) had written it while the tar was made. */
#pragma once

#include "layer/codec.h"

/* tar: of digests->tar_size bytes; fd: an empty file. Both borrowed; the offset of tar does not matter. level as in
 * codec.h. Sets digests->blob and blob_size. ERR_CORRUPT if the tar has another size. OCI_COMPRESSION_NONE copies. tick
 * (NULL = none) is called between blocks with the bytes read so far; a negative return ends it. */
int layer_compress(int tar, int fd, enum oci_compression c, int level, int (*tick)(void *, uint64_t, struct err *),
		   void *ctx, struct layer_digests *digests, struct err *err) MUST_CHECK;
