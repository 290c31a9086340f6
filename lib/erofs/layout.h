/* erofs/layout.h - where each part of an image lies: the numbers of the inodes, and the blocks behind them. */
#pragma once

#include "erofs/format.h"
#include "erofs/tree.h"

#define EROFS_FIRST_INODE (EROFS_SUPER_AT + sizeof(struct erofs_super) + sizeof(struct erofs_device))

/* The names of a directory in byte order, "." and ".." among them. All zero = before the first. */
struct erofs_names {
	uint32_t next;
	unsigned dots;
};
/* The next name, and the file behind it; false at the end. */
bool erofs_names_next(const struct erofs_tree *t, const struct erofs_file *dir, struct erofs_names *i,
		      const char **name, uint32_t *file);

/* Sets nid and block of all files, and the size of directories. The tree is sorted. Returns the offset of the end of
 * the inodes and, in *end, that of the image; both are multiples of EROFS_BLOCK. */
uint64_t erofs_layout_make(struct erofs_tree *t, uint64_t *end);

/* Whether a symlink's target lies behind its inode. */
bool erofs_layout_is_inline(const struct erofs_file *f);
/* Offset of what follows inode and xattrs: an index of chunks, or a target. */
uint64_t erofs_layout_tail(const struct erofs_file *f);
