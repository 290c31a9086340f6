/* keep/trees/own_tree.h - recognises a program's own directory: a child of a directory in which each package has one
 * (/opt, /usr/lib, /usr/share, ...). Directories that a closure or a rule models file by file don't count: Python's
 * and Perl's modules, time zones, documentation. */
#pragma once

#include "image/index.h"

/* Whether an own directory of that name is of an editor, a shell, or of what builds, installs and boots. */
bool keep_own_tree_is_for_tools(const char *name);
/* Returns the topmost own directory that is or holds the node; IMAGE_NONE if it lies in none. */
uint32_t keep_own_tree_of(const struct image_index *x, uint32_t node);
