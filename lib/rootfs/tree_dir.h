/* rootfs/tree_dir.h - the directories of a layer being written: found, made, remembered, and given their metadata last;
 * for tree*.c only. */
#pragma once

#include "base/err.h"
#include "rootfs/tree_private.h"

/* The directory that path lies in, made as far as it is not there; *name is the last component. The fd
 * is the tree's, valid until the next call. */
int tree_parent(struct rootfs_tree *t, const char *path, const char **name, struct err *err) MUST_CHECK;
/* Directory path itself (len bytes). */
int tree_open_dir(struct rootfs_tree *t, const char *path, size_t len, struct err *err) MUST_CHECK;

/* Remember that a directory was just made at path; *out is what finish will apply. */
int tree_record_dir(struct rootfs_tree *t, const char *path, size_t len, unsigned flags, struct tree_dir **out,
		    struct err *err) MUST_CHECK;
int tree_charge(struct rootfs_tree *t, size_t bytes, struct err *err) MUST_CHECK;

/* Remove what is at parent/name, whatever it is. */
int tree_make_room(struct rootfs_tree *t, int parent, const char *name, struct err *err) MUST_CHECK;

/* What is at path within the layer, without following any symlink: 1 and *st, or 0. Whiteouts are 0. */
int tree_lookup(const struct rootfs_tree *t, const char *path, struct stat *st);

/* After a chown that failed, from errno. */
int tree_owner_error(uid_t uid, gid_t gid, struct err *err);

int tree_set_opaque(struct rootfs_tree *t, int parent, const char *name, struct err *err) MUST_CHECK;

/* The metadata of all directories, which writing into them would have changed. */
int unpack_tree_finish_dirs(struct rootfs_tree *t, struct err *err) MUST_CHECK;
