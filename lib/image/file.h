/* image/file.h - the file behind a node. Nodes with the same layer and the same inode number are names of one file
 * (its hard links).
 * struct image_files is a set of files; all zero is an empty one. Not thread-safe. */
#pragma once

#include "base/idmap.h"
#include "image/index.h"
#include "image/index_nodes.h"

struct image_file {
	uint64_t layer, ino;
};

static inline struct image_file image_file_of(const struct image_node *n)
{
	return (struct image_file){n->layer, n->ino};
}

/* Order of files, as qsort and bsearch want it: by layer, then by inode number; 0 = the same file. */
static inline int image_file_compare(struct image_file a, struct image_file b)
{
	if (a.layer != b.layer)
		return a.layer < b.layer ? -1 : 1;
	return (a.ino > b.ino) - (a.ino < b.ino);
}

struct image_files {
	struct idmap firsts; /* by layer and inode number: the node that came first */
};

/* Adds the file of node. Returns whether it is new. */
bool image_files_add(struct image_files *f, const struct image_index *x, uint32_t node);
/* Adds the file of node, and returns the node that it was first added by: node itself if it is new. A file with one
 * name is not remembered (node is the answer each time). */
uint32_t image_files_first(struct image_files *f, const struct image_index *x, uint32_t node);
void image_files_done(struct image_files *f);
#define CLEANUP_IMAGE_FILES CLEANUP(image_files_done)
