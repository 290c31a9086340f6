/* os/walk.h - visits everything below a directory.
 * Shape: level by level, the names of a directory in byte order: the same tree gives the same visits. Neither
 *   symlinks nor mount points are crossed. One directory is open at a time, however deep the tree is.
 * Asks base/stop.h at every entry. */
#pragma once

#include <sys/stat.h>

#include "base/err.h"

struct walk_entry {
	int dir; /* fd of the directory that it is in */
	const char *name;
	const char *path; /* relative to where the walk began */
	unsigned depth;   /* directories in it: 0 = where the walk began */
	struct stat st;   /* of itself; of what is mounted there, if it is a mount point */
};

/* A negative return ends the walk; a positive one leaves out what is below a directory. */
typedef int walk_each(void *ctx, const struct walk_entry *e, struct err *err);

/* root itself is not visited. More than LIMIT_ENTRIES entries are ERR_LIMIT. Errors name the path. */
int walk_tree(int root, walk_each *each, void *ctx, struct err *err) MUST_CHECK;
