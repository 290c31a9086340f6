/* keep/tree.h - keeps a directory with all below it, except what only developers need. */
#pragma once

#include "keep/set.h"

/* Whether a file or directory of that name in a package serves its developers only: tests, documentation, examples,
 * headers and sources of compiled parts, type stubs, source maps, caches, version control. */
bool keep_tree_is_unwanted(const struct image_node *node);

/* Whether a directory is never a part of what it lies in: packages, caches, version control. */
bool keep_tree_is_foreign(const struct image_node *node);

/* What of a tree. Packages in it (node_modules, site-packages), caches and version control are never meant. */
enum keep_tree_part {
	KEEP_TREE_DATA, /* everything else: nobody knows what a data directory is for */
	KEEP_TREE_CODE, /* of a package: without unwanted names */
	KEEP_TREE_OWN,  /* of a program: without documentation, headers, static libraries, sources of compiled code */
};
/* Whether keep_tree leaves the entry out, and a directory with all below it. */
bool keep_tree_leaves_out(const struct image_node *node, enum keep_tree_part part);
/* Also keeps the targets of its symlinks. */
void keep_tree(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_reason why);

/* keep_tree if the data below dir is at most that much, else keep_leave_out. Returns whether it is kept. */
bool keep_tree_within(struct keep_set *k, uint32_t dir, enum keep_tree_part part, struct keep_limit limit,
		      struct keep_reason why);

/* Whether the data below dir is at most that much. */
bool keep_tree_fits(const struct image_index *x, uint32_t dir, struct keep_limit limit);

/* Whether node is dir or lies below it. */
bool keep_tree_holds(const struct image_index *x, uint32_t dir, uint32_t node);

/* Returns the child that an open would reach: symlinks are followed. IMAGE_NONE if it does not exist. */
uint32_t keep_tree_child(const struct image_index *x, uint32_t dir, const char *name, size_t n);
