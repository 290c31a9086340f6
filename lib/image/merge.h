/* image/merge.h - applies the rules of overlayfs to layers that are not mounted, and reads and writes their xattrs.
 * Spec: Linux Documentation/filesystems/overlayfs.rst (whiteouts and opaque directories).
 * A path here is relative to a layer's root, without "." and ".."; no symlink in it is followed. */
#pragma once

#include <sys/stat.h>

#include "image/layers.h"

static inline bool image_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

/* open_below with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS; -1 and errno. path "" is the root. */
int image_open_beneath(int root, const char *path, int flags);

/* Whether the directory of this fd (not O_PATH) hides the content of the same directory in lower layers. */
bool image_is_opaque(int fd);

/* Returns the layer among fds (bottom first) that provides path in their merged view, with its metadata in *st, or -1
 * if the path does not exist. */
ssize_t image_merge_find(const int *fds, size_t count, const char *path, struct stat *st);

/* Whether a directory of this layer on the way to path (not path itself) is opaque. */
bool image_is_hidden_above(int layer, const char *path);

/* The merged root directory's metadata: which layer it comes from, 0 when no tar says anything of it. */
size_t image_root_layer(const struct image_layers *layers);
int image_root_stat(const struct image_layers *layers, struct stat *out, struct err *err) MUST_CHECK;

/* All xattrs of from/name, as they are stored, onto to/to_name (same kind of file), but for overlayfs' own. */
int image_copy_xattrs(int from, const char *name, int to, const char *to_name, struct err *err) MUST_CHECK;

/* Reads the image's xattrs (substitute.h) of dir/name itself, never opening it. each is called per xattr; a negative
 * return ends it. */
typedef int image_xattr_each(void *ctx, const char *name, const void *value, size_t len, struct err *err);
int image_xattrs(int dir, const char *name, image_xattr_each *each, void *ctx, struct err *err) MUST_CHECK;

/* Stores the image's xattr (substitute.h) on dir/name, under another name if the file system refuses its own. */
int image_store_xattr(int dir, const char *name, const char *xattr, const void *value, size_t len,
		      struct err *err) MUST_CHECK;

/* Sets one under just this name; the message names it, the caller names the file. name "" is dir itself, which may
 * be an O_PATH fd. */
int image_set_xattr(int dir, const char *name, const char *xattr, const void *value, size_t len,
		    struct err *err) MUST_CHECK;
