#include "unpack/tree_split.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/merge.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "unpack/tree_dir.h"

static int copy_content(int from, const char *name, int to, const char *to_name, const struct stat *st, struct err *err)
{
	CLEANUP_FD int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	CLEANUP_FD int out = openat(to, to_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (in < 0 || out < 0)
		return err_sys(err, errno, "entry-create", "cannot copy from a lower layer");
	return fd_copy(in, out, (uint64_t)st->st_size, err);
}

static int copy_symlink(int from, const char *name, int to, const char *to_name, struct err *err)
{
	char target[LIMIT_PATH + 2];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);
	if (n >= 0)
		target[n] = '\0';
	return n < 0 || symlinkat(target, to, to_name) < 0
		   ? err_sys(err, errno, "entry-create", "cannot copy from a lower layer")
		   : 0;
}

int unpack_tree_copy(int from, const char *name, int to, const char *to_name, const struct stat *st, struct err *err)
{
	int r;
	if (S_ISREG(st->st_mode))
		r = copy_content(from, name, to, to_name, st, err);
	else if (S_ISLNK(st->st_mode))
		r = copy_symlink(from, name, to, to_name, err);
	else
		r = mknodat(to, to_name, st->st_mode, st->st_rdev) < 0
			? err_sys(err, errno, "entry-create", "cannot copy from a lower layer")
			: 0;
	if (r < 0)
		return r;
	const struct timespec times[2] = {st->st_mtim, st->st_mtim};
	if (fchownat(to, to_name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	    (!S_ISLNK(st->st_mode) && fchmodat(to, to_name, st->st_mode & 07777, 0) < 0))
		return err_sys(err, errno, "entry-create", "cannot copy from a lower layer");
	if ((r = image_copy_xattrs(from, name, to, to_name, err)) < 0)
		return err_wrap(err, "copy from a lower layer");
	return utimensat(to, to_name, times, AT_SYMLINK_NOFOLLOW) < 0
		   ? err_sys(err, errno, "entry-create", "cannot copy from a lower layer")
		   : 0;
}

/* The file's number; a new one, if it had one inode until now. */
static int number_of(struct unpack_tree *t, int from, const char *name, uint64_t *number, struct err *err)
{
	const char *xattr = image_substitute_split();
	char value[24];
	*number = image_substitute_split_of(from, name);
	if (*number && *number <= t->n_splits)
		return 0;
	t->splits = mem_grow(t->splits, t->n_splits, &t->splits_cap, sizeof(*t->splits));
	t->splits[t->n_splits++] = NULL;
	*number = t->n_splits;
	int n = snprintf(value, sizeof(value), "%" PRIu64, *number);
	int r = image_set_xattr(from, name, xattr, value, (size_t)n, err);
	return r < 0 ? r : image_set_xattr(t->root, "", xattr, value, (size_t)n, err);
}

/* One more name of the copy that was made last, unless it is full, too, or has been replaced since. */
static bool link_to_copy(const struct unpack_tree *t, uint64_t number, int parent, const char *name)
{
	const char *copy = t->splits[number - 1], *from_name;
	if (!copy)
		return false;
	CLEANUP_FD int from = unpack_tree_open_parent(t->root, copy, &from_name);
	return from >= 0 && image_substitute_split_of(from, from_name) == number &&
	       linkat(from, from_name, parent, name, 0) == 0;
}

static int split(struct unpack_tree *t, int from, const char *from_name, int parent, const char *name, const char *path,
		 struct err *err)
{
	struct stat st;
	uint64_t number;
	t->check.lost = true;
	if (fstatat(from, from_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "layer-entry-read", "its target");
	if (!S_ISREG(st.st_mode)) /* other kinds are not linked in the output either */
		return unpack_tree_copy(from, from_name, parent, name, &st, err);
	int r = number_of(t, from, from_name, &number, err);
	if (r < 0)
		return r;
	if (link_to_copy(t, number, parent, name))
		return 0;
	if ((r = unpack_tree_copy(from, from_name, parent, name, &st, err)) < 0)
		return r;
	t->files++;
	t->bytes += (uint64_t)st.st_size;
	free(t->splits[number - 1]);
	t->splits[number - 1] = mem_strdup(path);
	return unpack_tree_charge(t, strlen(path) + sizeof(*t->splits), err);
}

int unpack_tree_link(struct unpack_tree *t, int from, const char *from_name, int parent, const char *name,
		     const char *path, struct err *err)
{
	if (linkat(from, from_name, parent, name, 0) == 0)
		return 0;
	return errno == EMLINK ? split(t, from, from_name, parent, name, path, err)
			       : err_sys(err, errno, "hard-link-create", "cannot create a hard link");
}

void unpack_tree_splits_done(struct unpack_tree *t)
{
	for (size_t i = 0; i < t->n_splits; i++)
		free(t->splits[i]);
	free(t->splits);
}
