/* rootfs/overlay.h - the layers mounted as one root file system with a scratch layer on top.
 * Spec: Linux Documentation/filesystems/overlayfs.rst. Needs a private mount namespace (runtime/mounts.h).
 * Lifetime: _mount, then _done, which unmounts and removes the scratch layer. */
#pragma once

#include "rootfs/unpack.h"

struct rootfs_overlay {
	char *path; /* the mount point, absolute, below the run directory */
	int fd;     /* O_PATH of the mounted root */
	int run_fd; /* borrowed from the run */
	char *name; /* its directory in the run directory */
};

/* name: unique in the run ("run0"). Any number of layers up to LIMIT_LAYERS that the kernel
 * takes. */
int rootfs_overlay_mount(struct rootfs_run *run, const struct rootfs_layers *layers, const char *name,
			 struct rootfs_overlay *out, struct err *err) MUST_CHECK;
void rootfs_overlay_done(struct rootfs_overlay *o);
#define CLEANUP_OVERLAY CLEANUP(rootfs_overlay_done)
