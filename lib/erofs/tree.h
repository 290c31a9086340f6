/* erofs/tree.h - the entries of a layer as one tree, from which an image is laid out.
 * Lifetime: all zero is empty; _init, any number of _add in the order of the tar, _sort, _done. Not thread-safe.
 * Memory and time are linear in the entries and the bytes of their names. */
#pragma once

#include "base/strset.h"
#include "layer/entry.h"

struct erofs_file { /* what an inode says; the names of a hard link share one */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint32_t nlink;
	uint64_t size;
	struct timespec mtime;
	dev_t rdev;
	uint64_t start; /* of a regular file's content in the tar, in bytes */
	char *target;   /* of a symlink */
	void *xattrs;   /* as erofs_xattrs_append makes them; NULL = none */
	uint32_t xattrs_len;
	uint32_t node;                /* a directory's */
	uint32_t first_name, n_names; /* a directory's part of names, once sorted; "." and ".." are not in it */
	uint32_t block;               /* its first block behind the inodes, set by the layout */
	uint64_t nid;                 /* its number, set by the layout */
};

struct erofs_node {       /* of a path */
	const char *name; /* its last component; borrowed from paths */
	uint32_t parent;  /* node */
	uint32_t file;
};

struct erofs_tree {
	struct strset paths;      /* its ids are those of the nodes; 0 = "", the root */
	struct erofs_node *nodes; /* by id */
	struct erofs_file *files; /* in the order of arrival; 0 = the root */
	uint32_t *names;          /* nodes, those of a directory one after the other, in byte order */
	size_t nodes_cap, n_files, files_cap;
	uint64_t memory;    /* bytes, roughly */
	uint64_t bytes;     /* content of the regular files */
	uint64_t n_regular; /* of them */
	uint64_t n_entries; /* that were added */
	bool has_root;      /* one of them was the root */
};

void erofs_tree_init(struct erofs_tree *t);
/* tar_size: bytes of the tar; ERR_CORRUPT if the entry's content ends behind it. ERR_UNSUPPORTED: an entry of a kind
 * that needs unpacking (a whiteout, a sparse map, a second entry for a path, a hard link to a missing path), or more
 * than fits LIMIT_EROFS_MEMORY. */
int erofs_tree_add(struct erofs_tree *t, const struct layer_entry *e, uint64_t tar_size, struct err *err) MUST_CHECK;
void erofs_tree_sort(struct erofs_tree *t);
void erofs_tree_done(struct erofs_tree *t);
#define CLEANUP_EROFS_TREE CLEANUP(erofs_tree_done)
