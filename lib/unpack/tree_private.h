/* unpack/tree_private.h - the state of a layer being written; for tree*.c only. */
#pragma once

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/strset.h"
#include "image/tree_check.h"

enum {
	UNPACK_DIR_IMPLIED = 1,  /* the layer has no entry for it */
	UNPACK_DIR_HIDES = 2,    /* it replaces what was there: nothing below it counts */
	UNPACK_DIR_RESTORED = 4, /* made with other mode bits than its own: owner and mode are set at the end */
};

struct unpack_tree_dir { /* of the directory that was made last at its path; the path may be something else by now */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	struct timespec mtime;
	unsigned flags;
	void *acl; /* its default ACL, set at the end because files would inherit it */
	size_t acl_len;
};

struct unpack_tree {
	int root;
	struct strset paths;          /* of directories; 0 is "", the root */
	struct unpack_tree_dir *dirs; /* by id in paths */
	size_t dirs_cap;
	size_t memory; /* that these and the links take, roughly */
	atomic_size_t *all_memory;
	bool opaque;  /* some directory in it is */
	bool removed; /* a directory was replaced by something else: not all paths are directories any more */

	struct buf parent; /* the directory that parent_fd (O_PATH) is of; tar entries come grouped */
	int parent_fd;     /* -1 = none */

	/* hard links to what is not in the layer: by name, what it links to. An empty file with the xattr
	 * image_substitute_pending holds the name's place, so that a later entry may replace it. */
	struct strset link_names;
	char **link_targets;
	size_t links_cap;

	char **splits; /* by number - 1 of a file with several inodes (tree_split.h): a name of the newest */
	size_t n_splits, splits_cap;

	uint64_t bytes, files, entries; /* as of struct unpack_totals */
	struct image_tree_check check;  /* of all but the directories, which finish adds */
};
