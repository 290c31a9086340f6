/* erofs/mount.h - mounts an image of a layer's entries (erofs/image.h) from its file, with the tar as its device.
 * Linux 6.12 and later mount EROFS from a file that lies on a file system such as ext4, xfs or btrfs (tmpfs and
 * overlays cannot); before, only from a block device, which slim does not make. Needs CAP_SYS_ADMIN of the machine, and
 * a private mount namespace (runtime/mounts.h), with which the mount ends in any case. Lifetime: _open, then _done,
 * which unmounts. Both files are in use meanwhile, also if they have no name any more. */
#pragma once

#include "base/cleanup.h"
#include "erofs/image.h"

struct erofs_mount {
	char *path; /* of the mount point, absolute; NULL = not mounted */
};

/* path: an empty directory, absolute. image, tar: regular files, borrowed. made: what _write said of the image. *root
 * becomes an fd of the mounted directory. ERR_UNSUPPORTED: the machine, or what slim runs in, does not allow it, or the
 * kernel shows no xattrs or ACLs; then nothing is mounted. */
int erofs_mount_open(const char *path, int image, int tar, const struct erofs_image *made, struct erofs_mount *out,
		     int *root, struct err *err) MUST_CHECK;
void erofs_mount_done(struct erofs_mount *m);
#define CLEANUP_EROFS_MOUNT CLEANUP(erofs_mount_done)
