/* image/substitute.h - stand-ins in the store for attributes and files that can't be put on its disk.
 * In the store of an ordinary user, for what only root of the machine (privilege_is_full) may put there:
 *   overlayfs' marks trusted.overlay.*: user.overlay.*, with the mount option userxattr
 *   the image's xattrs trusted.*, security.* except security.capability, user.overlay.* and user.slim.*:
 *   user.slim.xattr.NAME
 *   a device: an empty file with user.slim.device = "c MAJOR:MINOR"
 * In every store, for an xattr that the file system refuses, such as one of an unknown namespace:
 *   NAME: user.slim.xattr.NAME, or in root's store trusted.slim.xattr.NAME
 *   the image's xattrs trusted.slim.*: the same
 * The index shows the originals; a container sees the stand-ins. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define IMAGE_SUBSTITUTE_NAME 512 /* room for the name of an xattr */

/* Names of xattrs in our store: the prefix of overlayfs' own; the mark of an opaque directory; and two of ours: the
 * mark of a file that stands in for a hard link (unpack/tree_private.h), and that of inodes that are one file
 * (unpack/tree_split.h). */
const char *image_substitute_overlay_prefix(void);
const char *image_substitute_opaque(void);
const char *image_substitute_pending(void);
const char *image_substitute_split(void);
/* The number in dir/name's split xattr, 0 if it has none; name "" is dir itself. */
uint64_t image_substitute_split_of(int dir, const char *name);

/* The name that an image's xattr is stored under, in buf if it is another; NULL when it is not: the image's own marks
 * of overlayfs and ours. */
const char *image_substitute_xattr(const char *name, char buf[static IMAGE_SUBSTITUTE_NAME]);
/* The name, in buf, for one that the store's file system refuses: one of no namespace it knows, or user.NAME of a
 * symlink. */
const char *image_substitute_refused_xattr(const char *name, char buf[static IMAGE_SUBSTITUTE_NAME]);
/* The image's xattr that is stored under this name; NULL when it is overlayfs' or ours. */
const char *image_substitute_original(const char *stored);

/* mknodat; -1 and errno. */
int image_substitute_mknod(int dir, const char *name, mode_t mode, dev_t rdev);
/* If the file of this stat stands for a device, makes *st the device's. */
void image_substitute_stat(int dir, const char *name, struct stat *st);
