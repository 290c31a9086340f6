/* dockerfile/list.h - writes the paths to keep into a file beside the Dockerfile, which the original's own tar reads.
 * It has a line for each directory that is kept whole, and for each other file and symlink. GNU tar keeps owners,
 * modes, times, symlinks and hard links. With docker's two builders and buildah, the COPY of its result keeps them as
 * well, and the times of directories in it. The archive takes extended attributes. */
#pragma once

#include "dockerfile/carriers.h"

/* A directory that the stage makes. */
#define DOCKERFILE_LIST_DIR "/.slim"

/* The path of the list that belongs to the Dockerfile: "FILE.paths"; free(). */
char *dockerfile_list_path(const char *file);
/* The original's GNU tar, as an absolute path; NULL = it has none, or it has DOCKERFILE_LIST_DIR already. */
const char *dockerfile_list_tar(const struct image_index *x);
/* Appends the list. c: made by list. */
void dockerfile_list(const struct dockerfile_carriers *c, struct buf *out);
/* Appends the instructions that copy the listed paths to DOCKERFILE_LIST_DIR/root of the stage. name: the list's file
 * in the build context. */
void dockerfile_list_steps(const char *tar, const char *name, struct buf *out);
