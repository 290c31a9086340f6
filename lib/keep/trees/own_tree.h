/* keep/trees/own_tree.h - tells which directory of the image is a program's own: a child of a directory where each
 * package has one (/opt, /usr/lib, /usr/share, ...). What a closure or a rule models file by file is none: Python's
 * and Perl's modules, time zones, documentation. */
#pragma once

#include "image/index.h"

/* Whether an own directory of that name is of an editor, a shell, or of what builds, installs and boots. */
bool keep_own_tree_is_for_tools(const char *name);
/* The topmost own directory that holds the node, or is it; IMAGE_NONE if there is none. */
uint32_t keep_own_tree_of(const struct image_index *x, uint32_t node);
