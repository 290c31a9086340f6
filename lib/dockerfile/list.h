/* dockerfile/list.h - the paths to keep as a file beside the Dockerfile, which the original's own tar reads: a line for
 * each directory that is kept whole, and for each other file and symlink.
 * As tried with docker's two builders and buildah, GNU tar keeps owners, modes, times, symlinks and hard links; the
 * COPY of its result keeps them too, and the times of the directories in it. Extended attributes are left to the
 * archive. */
#pragma once

#include "dockerfile/carriers.h"

/* A directory that the stage makes. */
#define DOCKERFILE_LIST_DIR "/.slim"

/* The path of the list that belongs to the Dockerfile: "FILE.paths"; free(). */
char *dockerfile_list_path(const char *file);
/* The original's GNU tar, as an absolute path; NULL = it has none, or it has DOCKERFILE_LIST_DIR already. */
const char *dockerfile_list_tar(const struct image_index *x);
/* Whether a line of the list can name the path. */
bool dockerfile_list_can_name(const char *path);
/* Whether a builder may mount something of its own there while the tar runs: /proc, /etc/hosts, what is in them. */
bool dockerfile_list_is_mounted(const char *path);
/* Appends the list. c: made by list. */
void dockerfile_list(const struct dockerfile_carriers *c, struct buf *out);
/* Appends the instructions that unpack what the list names to DOCKERFILE_LIST_DIR/root of the stage. name: the list's
 * file in the build context. */
void dockerfile_list_steps(const char *tar, const char *name, struct buf *out);
