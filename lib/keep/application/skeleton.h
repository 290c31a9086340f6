/* keep/application/skeleton.h - keeps directories without their content, for the level safe. These are the
 * directories that every system has (/var/log, /home), and those that were made to be filled: empty in the image, or
 * with an owner or a mode of their own. A program that writes its log does not make the directory for it.
 * Left out: documentation, directories of package managers and compilers, caches, version control, and the packages
 * of languages. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

void keep_skeleton_add(struct keep_set *k, const struct packages *packages);
