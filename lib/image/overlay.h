/* image/overlay.h - the layers mounted as one root file system with a scratch layer on top.
 * Device nodes, the image's own and those that a run makes, cannot be opened on it (nodev).
 * Spec: Linux Documentation/filesystems/overlayfs.rst. Needs a private mount namespace (runtime/mounts.h).
 * Lifetime: _mount, then _done, which unmounts and removes the scratch layer. */
#pragma once

#include "image/layers.h"

struct image_overlay {
	char *path; /* the mount point, absolute */
	int fd;     /* O_PATH of the mounted root */
	int dir_fd; /* borrowed: the directory that name lies in */
	char *name; /* of the directory that holds the mount point and the scratch layer */
};

/* Makes the directory name in the directory of dir_fd, whose path is dir, and mounts in it. dir_fd stays open until
 * _done. Any number of layers up to LIMIT_LAYERS that the kernel takes. label: SELinux' label of all that is in it,
 * NULL = each entry's own. */
int image_overlay_mount(int dir_fd, const char *dir, const char *name, const struct image_layers *layers,
			const char *label, struct image_overlay *out, struct err *err) MUST_CHECK;
/* As image_overlay_mount, with the scratch layer that image_overlay_leave left under that name; layers: the same as
 * then. Makes a new scratch layer if that one does not exist. */
int image_overlay_mount_again(int dir_fd, const char *dir, const char *name, const struct image_layers *layers,
			      const char *label, struct image_overlay *out, struct err *err) MUST_CHECK;
void image_overlay_done(struct image_overlay *o);
/* Unmounts, and leaves the scratch layer where it is. Instead of _done. */
void image_overlay_leave(struct image_overlay *o);
#define CLEANUP_IMAGE_OVERLAY CLEANUP(image_overlay_done)
