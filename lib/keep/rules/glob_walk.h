/* keep/rules/glob_walk.h - the paths of the image that a pattern (text/glob.h) matches, found by walking the index:
 * only directories that the pattern can lead through are looked at. Symlinks are followed where the pattern has more
 * components, not by a "**". */
#pragma once

#include "base/buf.h"
#include "image/index.h"

/* path: the matching one, absolute, as long as the call lasts; what it leads to may be a symlink. */
typedef void keep_glob_visit(void *ctx, const char *path);
/* In path order but for "**", which gives a directory before what is below it. A pattern without a leading slash starts
 * in the directory dir; leading ".." of it lead to dir's parents. */
void keep_glob_walk(const struct image_index *x, uint32_t dir, const char *pattern, keep_glob_visit *visit, void *ctx);
