/* stack/copy_tree.h - copies a tree of an image, with owners, modes, times and extended attributes. */
#pragma once

#include "base/err.h"

/* Makes directory to (fd) like directory from (fd): its own owner and mode, and all that is in it. Hard links become
 * files of their own; device nodes are left out. Nothing may change either meanwhile. */
int stack_copy_tree(int from, int to, struct err *err) MUST_CHECK;
