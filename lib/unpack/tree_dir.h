/* unpack/tree_dir.h - finds, makes and remembers the directories of a layer being written, and sets their metadata
 * last; for tree*.c only. */
#pragma once

#include "base/err.h"
#include "unpack/tree_private.h"

/* The directory that path lies in, made as far as it is not there; *name is the last component. The fd
 * is the tree's, valid until the next call. */
int unpack_tree_parent(struct unpack_tree *t, const char *path, const char **name, struct err *err) MUST_CHECK;
/* Directory path itself (len bytes). */
int unpack_tree_open_dir(struct unpack_tree *t, const char *path, size_t len, struct err *err) MUST_CHECK;

/* The directory that path lies in (O_PATH), nothing made, or -1 and errno; *name is the last component. */
int unpack_tree_open_parent(int root, const char *path, const char **name);

/* Remember that a directory was just made at path; *out is what finish will apply. */
int unpack_tree_record_dir(struct unpack_tree *t, const char *path, size_t len, unsigned flags,
			   struct unpack_tree_dir **out, struct err *err) MUST_CHECK;
int unpack_tree_charge(struct unpack_tree *t, size_t bytes, struct err *err) MUST_CHECK;

/* Remove what is at parent/name, whatever it is. */
int unpack_tree_make_room(struct unpack_tree *t, int parent, const char *name, struct err *err) MUST_CHECK;

/* Look path up within the layer, without following any symlink: returns 1 and *st, or 0. A whiteout is 0. */
int unpack_tree_lookup(const struct unpack_tree *t, const char *path, struct stat *st);

/* After a chown that failed, from errno. */
int unpack_tree_owner_error(uid_t uid, gid_t gid, struct err *err);

int unpack_tree_set_opaque(struct unpack_tree *t, int parent, const char *name, struct err *err) MUST_CHECK;

/* The metadata of all directories, which writing into them would have changed. */
int unpack_tree_finish_dirs(struct unpack_tree *t, struct err *err) MUST_CHECK;
