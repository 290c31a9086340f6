/* erofs/layer.h - a layer shown from its uncompressed tar, and not unpacked: an image of its entries (erofs/image.h),
 * mounted (erofs/mount.h).
 * Lifetime: all zero is none; _open, then _done, which unmounts. */
#pragma once

#include "erofs/mount.h"

struct erofs_layer {
	struct erofs_mount mount;
	struct image_layers layers; /* the one, as if an image had no other */
};

/* Mounts in the directory of dir, an fd whose absolute path is path. tar: a regular file, borrowed and free to be
 * closed then. Nothing of the tar is hashed: diff_id is believed. ERR_UNSUPPORTED: this machine can't, or an overlay
 * can't lie on it, or an entry needs unpacking; nothing is left then. */
int erofs_layer_open(int dir, const char *path, int tar, const struct oci_digest *diff_id, uint64_t tar_size,
		     struct erofs_layer *out, struct err *err) MUST_CHECK;
void erofs_layer_done(struct erofs_layer *l);
