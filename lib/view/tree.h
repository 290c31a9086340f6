/* view/tree.h - the files of an image as a tree that a person looks at: what each takes before and after, whose it is,
 * and why it is there. A page and a terminal show the same tree. Use: _add each path, fill the node, then _finish once.
 * All zero is an empty tree. Not thread-safe. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/strset.h"

enum view_kind { VIEW_FILE, VIEW_DIRECTORY, VIEW_SYMLINK, VIEW_OTHER };
/* How a path differs between the image before and after: the original and the slim image, or the two of a diff. In the
 * tree of one image every path is kept. */
enum view_state { VIEW_KEPT, VIEW_REMOVED, VIEW_ADDED, VIEW_CHANGED };

#define VIEW_NONE UINT32_MAX

struct view_node {
	const char *path; /* absolute; "/" is the root */
	uint32_t parent;  /* its index; the root's own is 0 */
	uint32_t end;     /* index of the first node behind it that is not below it */
	/* Bytes of a file; of a directory, of all files below it. Likewise the numbers of all that is not a directory.
	 */
	uint64_t bytes_before, bytes_after;
	uint32_t files_before, files_after;
	uint32_t package; /* its id in packages; VIEW_NONE = no package owns it */
	uint32_t why;     /* the id of its text in reasons; VIEW_NONE = not known */
	uint16_t layer;   /* that it comes from, bottom = 0; UINT16_MAX = not known */
	uint16_t step;    /* of the exercise, the first that needed it, from 1; 0 = none */
	uint8_t kind;     /* enum view_kind */
	uint8_t state;    /* enum view_state; of a directory that was not added: told by the files below it */
};

struct view_tree {
	struct view_node *nodes; /* once finished: depth first, names in byte order, each path once */
	size_t count, cap;
	struct textpool paths;
	struct strset packages, reasons;
};

/* Adds a path of len bytes, absolute and without "." and "..". Of several of the same path the last stays. The node is
 * valid until the next _add; fill kind, state, bytes_* (of a file), package, why, layer and step. */
struct view_node *view_tree_add(struct view_tree *t, const char *path, size_t len);
/* Sorts, adds directories that are missing, and sums up. The root is always there. */
void view_tree_finish(struct view_tree *t);
/* The node of that path, SIZE_MAX if there is none. */
size_t view_tree_find(const struct view_tree *t, const char *path);
/* The last component of the node's path; "/" of the root. */
const char *view_node_name(const struct view_node *n);
void view_tree_done(struct view_tree *t);
#define CLEANUP_VIEW_TREE CLEANUP(view_tree_done)
