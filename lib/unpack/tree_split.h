/* unpack/tree_split.h - hard links of a layer being written, beyond the names that the file system gives one inode
 * (65000 on ext4); for tree*.c only. A full inode is copied, and the names that follow are the copy's. The inodes of
 * one file have its number in the xattr image_substitute_split, and so has the layer's root: the index takes them for
 * one file again. A container sees several. */
#pragma once

#include "base/err.h"
#include "unpack/tree_private.h"

/* Makes parent/name, which is path and is not there, one more name of from/from_name. */
int unpack_tree_link(struct unpack_tree *t, int from, const char *from_name, int parent, const char *name,
		     const char *path, struct err *err) MUST_CHECK;
/* The file from/name as to/to_name, with all its metadata. */
int unpack_tree_copy(int from, const char *name, int to, const char *to_name, const struct stat *st,
		     struct err *err) MUST_CHECK;
void unpack_tree_splits_done(struct unpack_tree *t);
