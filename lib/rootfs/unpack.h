/* rootfs/unpack.h - an image's layers as directories that overlayfs takes as lower layers.
 * Whiteouts become character devices 0:0, opaque directories the xattr trusted.overlay.opaque=y.
 * Every digest and diff ID is checked in the pass that inflates and unpacks. Layers that the store
 * holds are not read again. Needs the right to mknod, chown and set trusted xattrs (root). */
#pragma once

#include "base/progress.h"
#include "rootfs/store.h"
#include "rootfs/tree_check.h"
#include "transport/transport.h"

struct rootfs_layer {
	struct oci_digest diff_id;
	char *path;              /* of its directory, absolute: STORE/layers/HEX/fs, or where it lies in place */
	int fd;                  /* of it */
	uint64_t bytes;          /* content of its regular files, hard links once */
	uint64_t entries, files; /* all entries; regular files without extra hard links */
	uint64_t tar_size;
	char check[TREE_CHECK_SIZE]; /* tree_check.h; "" = none */
	bool cached;                 /* was in the store already */
	bool in_place;               /* it is not in the store, but where image->unpacked says */
	bool bare_root;     /* the tar has no entry for the root: the merged root's metadata comes from elsewhere */
	bool whole_seconds; /* its times are those of the directory, without their fractions */
	struct stat root;   /* the root's mode, owner and mtime; st_mode 0 = as the directory has them */
};

struct rootfs_layers {
	struct rootfs_layer *items; /* bottom first */
	size_t count;
	uint64_t written; /* bytes of content that went to the store for them */
};

/* Layers that lie unpacked already are used in place (in_place.h). Of others two are unpacked at a time, four of a
 * registry, or, of a source that is a stream, one after the other as they come: image's manifest and config are the
 * real ones afterwards. run: for what is not complete yet. Errors name the layer by number and digest. */
int rootfs_unpack(struct rootfs_store *store, struct rootfs_run *run, struct transport_source *source,
		  struct transport_image *image, const struct progress *progress, struct rootfs_layers *out,
		  struct err *err) MUST_CHECK;
void rootfs_layers_done(struct rootfs_layers *l);
#define CLEANUP_LAYERS CLEANUP(rootfs_layers_done)
