#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "job/job.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "os/privilege.h"

#define IDS_MAX (64u << 10) /* of one map of ids; the kernel takes a page */

/* The home directory: $HOME as the shells have it, else what the user database says. */
static char *home_dir(void)
{
	const char *home = getenv("HOME");
	if (home && home[0] == '/')
		return mem_strdup(home);
	struct passwd pw, *found = NULL;
	CLEANUP_FREE char *text = mem_alloc(16384);
	if (getpwuid_r(geteuid(), &pw, text, 16384, &found) == 0 && found && found->pw_dir[0] == '/')
		return mem_strdup(found->pw_dir);
	return NULL;
}

static bool lies_on_overlay(const char *path)
{
	struct statfs st;
	CLEANUP_FREE char *at = mem_strdup(path);
	while (statfs(at, &st) < 0) { /* it is not made yet */
		char *slash = strrchr(at, '/');
		if (errno != ENOENT || !slash || slash == at)
			return false;
		*slash = '\0';
	}
	return st.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* A container's own file system holds neither deletions of layers nor what a container writes. A CI system keeps a
 * directory of the machine for the job. */
static char *instead_of_overlay(char *dir)
{
	const char *other;
	for (unsigned i = 0; lies_on_overlay(dir) && (other = job_directory(&job_environment, i)); i++)
		if (access(other, W_OK) == 0 && !lies_on_overlay(other)) {
			free(dir);
			return mem_printf("%s/slim-store", other);
		}
	return dir;
}

/* XDG Base Directory Specification: a relative or empty value is ignored. */
static char *default_dir(struct err *err)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	if (cache && cache[0] == '/')
		return instead_of_overlay(mem_printf("%s/slim", cache));
	CLEANUP_FREE char *home = home_dir();
	if (home)
		return instead_of_overlay(mem_printf("%s/.cache/slim", home));
	err_set(err, ERR_NOTFOUND, "store-without-home",
		"there is no home directory for the store: set HOME or XDG_CACHE_HOME, or use --store DIR");
	return NULL;
}

/* Opens dir/name, made if absent, and refuses one that is not only ours. */
static int open_private(int dir, const char *name, struct err *err)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "store-open", "store %s", name);
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "store-open", "store %s", name);
	if (st.st_uid != geteuid() && !privilege_is_full()) /* in a user namespace others have no numbers */
		return err_set(err, ERR_DENIED, "store-of-other-user",
			       "store %s belongs to another user, or to root: use another one with --store DIR", name);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_DENIED, "store-of-other-user",
			       "store %s belongs to user %u: use another one with --store DIR", name, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(
		    err, ERR_DENIED, "store-writable-by-others",
		    "other users may write to store %s: run chmod 700 on it, or use another one with --store DIR",
		    name);
	return steal_fd(&fd);
}

/* chattr(1) +T: what is in dir does not belong together, so ext4 may look for room far from what was
 * freed a moment ago, which it must not take yet and is slow to skip: a run after the removal of a
 * large one would take several times as long. Other file systems refuse, and need it not. */
static void spread(int dir, const char *name)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int flags;
	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 || (flags & FS_TOPDIR_FL))
		return;
	flags |= FS_TOPDIR_FL;
	(void)ioctl(fd, FS_IOC_SETFLAGS, &flags); /* only for speed */
}

/* What owners in the store mean, and in which form it holds what only root may store (image/substitute.h). */
static int describe_ids(struct buf *out, struct err *err)
{
	buf_printf(out, "%s\n", image_substitute_overlay_prefix());
	int r = fd_read_file(AT_FDCWD, "/proc/self/uid_map", IDS_MAX, out, err);
	return r < 0 ? r : fd_read_file(AT_FDCWD, "/proc/self/gid_map", IDS_MAX, out, err);
}

static int check_ids(const struct store *s, struct err *err)
{
	CLEANUP_BUF struct buf now = {0}, then = {0};
	struct err e = {0};
	int r = describe_ids(&now, err);
	if (r < 0)
		return r;
	r = fd_read_file(s->fd, "ids", 3 * IDS_MAX, &then, &e);
	if (r == -ERR_NOTFOUND) {
		r = fd_write_file_atomic(s->fd, "ids", now.data, now.len, 0600, err);
		return r < 0 ? err_wrap(err, "store %s", s->path) : 0;
	}
	if (r < 0) {
		if (err)
			*err = e;
		return r;
	}
	if (now.len == then.len && memcmp(now.data, then.data, now.len) == 0)
		return 0;
	return err_set(err, ERR_DENIED, "store-of-other-ids",
		       "store %s has files of other ids, from another user or an earlier range in /etc/subuid or "
		       "/etc/subgid: remove it, or use another one with --store DIR",
		       s->path);
}

static int open_dirs(const char *dir, struct store *s, struct err *err)
{
	int r = fd_mkdir_p(AT_FDCWD, dir, 0700, err);
	if (r < 0)
		return err_wrap(err, "store");
	s->fd = open_private(AT_FDCWD, dir, err);
	if (s->fd < 0)
		return s->fd;
	s->path = realpath(dir, NULL);
	if (!s->path)
		return err_sys(err, errno, "store-open", "store %s", dir);
	if ((r = check_ids(s, err)) < 0)
		return r;
	if ((r = fd_mkdir_p(s->fd, "layers", 0700, err)) < 0 || (r = fd_mkdir_p(s->fd, "runs", 0700, err)) < 0)
		return err_wrap(err, "store %s", s->path);
	spread(s->fd, "runs");
	s->layers_fd = open_private(s->fd, "layers", err);
	return s->layers_fd < 0 ? s->layers_fd : 0;
}

int store_open(const char *dir, struct store *out, struct err *err)
{
	CLEANUP_FREE char *fallback = dir ? NULL : default_dir(err);
	if (!dir && !fallback)
		return -ERR_NOTFOUND;
	struct store s = {.fd = -1, .layers_fd = -1, .max_sparse = LIMIT_SPARSE};
	int r = open_dirs(dir ? dir : fallback, &s, err);
	if (r < 0) {
		store_done(&s);
		return r;
	}
	store_reap(&s);
	*out = s;
	return 0;
}

int store_open_to_read(const char *dir, struct err *err)
{
	CLEANUP_FREE char *fallback = dir ? NULL : default_dir(err);
	if (!dir && !fallback)
		return -ERR_NOTFOUND;
	return open_private(AT_FDCWD, dir ? dir : fallback, err);
}

void store_done(struct store *s)
{
	if (s->path || s->fd > 0) { /* an all-zero one owns nothing */
		if (s->layers_fd >= 0)
			close(s->layers_fd);
		if (s->fd >= 0)
			close(s->fd);
	}
	free(s->path);
	*s = (struct store){.fd = -1, .layers_fd = -1};
}

int store_run_new(const struct store *s, struct store_run *out, struct err *err)
{
	return store_runs_add(s->fd, s->path, out, err);
}

void store_reap(const struct store *s)
{
	store_runs_reap(s->fd, s->path);
}
