/* erofs/image.h - an EROFS image that shows the entries of a layer: it holds inodes, directories and xattrs, and no
 * content. Its one device is the file of the layer's uncompressed tar, in which the contents of files lie at multiples
 * of 512 bytes. So nothing is unpacked, and what is read are the very bytes of the layer.
 * Spec: Linux Documentation/filesystems/erofs.rst; the block size is 512.
 * What is shown equals what unpacking makes of a layer without layers below. Not thread-safe per object. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"
#include "image/layers.h"

struct erofs_image {
	uint64_t bytes, entries, files; /* as in struct image_layer */
	uint64_t size;                  /* of the image, in bytes */
	bool bare_root;                 /* no entry was the root itself */
	/* An xattr and an ACL that a kernel which is built without them does not show; path NULL = there is none. */
	struct erofs_sample {
		char *path, *name;
	} samples[2];
};

/* Writes the image of the tar to the file out, which is empty. tar: a regular file. uuid: 16 bytes, not all of them
 * zero (overlayfs would not trust the inode numbers then). ERR_CORRUPT: the tar is damaged. ERR_UNSUPPORTED: it needs
 * unpacking, see erofs/tree.h. */
int erofs_image_write(int tar, int out, const void *uuid, struct erofs_image *image, struct err *err) MUST_CHECK;
void erofs_image_done(struct erofs_image *image);
#define CLEANUP_EROFS_IMAGE CLEANUP(erofs_image_done)
