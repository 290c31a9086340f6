/* image/layers.h - an image's layers as directories that overlayfs takes as lower layers.
 * Whiteouts are character devices 0:0, opaque directories have the xattr trusted.overlay.opaque=y (or what stands in
 * for it, image/substitute.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "image/tree_check.h"
#include "oci/digest.h"

struct image_layer {
	struct oci_digest diff_id;
	char *path;              /* of its directory, absolute: STORE/layers/HEX/fs, or where it lies in place */
	int fd;                  /* of it; open if path is set */
	uint64_t bytes;          /* content of its regular files, hard links once */
	uint64_t entries, files; /* all entries; regular files without extra hard links */
	uint64_t tar_size;
	char check[IMAGE_TREE_CHECK_SIZE]; /* tree_check.h; "" = none */
	bool cached;                       /* was in the store already */
	bool in_place;                     /* it is not in the store, but where the engine unpacked it */
	bool own_fs;        /* it is a file system of its own, not a directory beside the scratch layer */
	bool bare_root;     /* the tar has no entry for the root: the merged root's metadata comes from elsewhere */
	bool whole_seconds; /* its times are those of the directory, without their fractions */
	struct stat root;   /* the root's mode, owner and mtime; st_mode 0 = as the directory has them */
};

struct image_layers {
	struct image_layer *items; /* bottom first */
	size_t count;
	uint64_t written; /* bytes of content that went to the store for them */
};

/* Closes the layer's directory; *l is empty afterwards, with fd -1. */
void image_layer_done(struct image_layer *l);
void image_layers_done(struct image_layers *l);
#define CLEANUP_IMAGE_LAYERS CLEANUP(image_layers_done)
