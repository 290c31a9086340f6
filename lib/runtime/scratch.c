#include "runtime/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/path_walk.h"

/* A lookup on its way: the directory reached, its path without symlinks, and what is still to be walked. */
struct walk {
	int root;
	const char *wanted; /* for messages */
	int fd;             /* O_PATH */
	struct buf at;      /* "/a/b", "" at the root */
	struct path_walk path;
};

static void walk_done(struct walk *w)
{
	if (w->fd >= 0)
		close(w->fd);
	buf_done(&w->at);
	path_walk_done(&w->path);
}

static int move_to(struct walk *w, int fd)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	return fd < 0 ? fd : 0;
}

static int to_root(struct walk *w, struct err *err)
{
	w->at.len = 0;
	return move_to(w, fd_open_in_root(w->root, "/", O_PATH | O_DIRECTORY, 0, err));
}

static int to_parent(struct walk *w, struct err *err)
{
	path_walk_up(&w->at);
	if (!w->at.len)
		return to_root(w, err);
	return move_to(w, fd_open_in_root(w->root, w->at.data, O_PATH | O_DIRECTORY, 0, err));
}

static int cross_symlink(struct walk *w, const char *name, struct err *err)
{
	char target[LIMIT_PATH + 1];
	ssize_t n = readlinkat(w->fd, name, target, sizeof(target) - 1);
	if (n < 0)
		return err_sys(err, errno, "symlink-read", "%s: read the symlink %s", w->wanted, name);
	target[n] = '\0';
	if (!path_walk_follow_copy(&w->path, target))
		return err_set(err, ERR_INVAL, "too-many-symlinks", "%s: too many symlinks in the image", w->wanted);
	return target[0] == '/' ? to_root(w, err) : 0;
}

static int make(struct walk *w, const char *name, struct err *err)
{
	if (mkdirat(w->fd, name, 0755) < 0 || fchmodat(w->fd, name, 0755, 0) < 0)
		return err_sys(err, errno, "container-file-create", "cannot create %s in the container", w->wanted);
	struct stat st;
	/* a set-group-ID parent gave it another group; only root can change that */
	if (fstatat(w->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_uid || st.st_gid) && geteuid() == 0 &&
	    fchownat(w->fd, name, 0, 0, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "container-file-create", "cannot create %s in the container", w->wanted);
	return 0;
}

static int enter(struct walk *w, const char *name, struct err *err)
{
	int fd = openat(w->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "container-file-create", "%s in the container", w->wanted);
	buf_printf(&w->at, "/%s", name);
	return move_to(w, fd);
}

static int step(struct walk *w, const char *name, struct err *err)
{
	struct stat st;
	if (fstatat(w->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return err_sys(err, errno, "container-file-create", "%s in the container", w->wanted);
		int r = make(w, name, err);
		return r < 0 ? r : enter(w, name, err);
	}
	if (S_ISLNK(st.st_mode))
		return cross_symlink(w, name, err);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVAL, "mount-target-is-file",
			       "%s cannot be a directory of the container: %s/%s is a file of the image", w->wanted,
			       w->at.len ? w->at.data : "", name);
	return enter(w, name, err);
}

int runtime_scratch_mkdir(int root, const char *path, struct err *err)
{
	CLEANUP(walk_done) struct walk w = {.root = root, .wanted = path, .fd = -1};
	path_walk_init(&w.path, path);
	enum path_walk_step what;
	const char *start;
	size_t len;
	int r = to_root(&w, err);
	while (r == 0 && (what = path_walk_next(&w.path, &start, &len)) != PATH_WALK_END) {
		CLEANUP_FREE char *name = mem_strndup(start, len);
		if (what == PATH_WALK_NAME)
			r = step(&w, name, err);
		else if (what == PATH_WALK_UP)
			r = to_parent(&w, err);
	}
	return r < 0 ? r : steal_fd(&w.fd);
}

int runtime_scratch_docker_files(int root, struct err *err)
{
	CLEANUP_FD int env = openat(root, ".dockerenv", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
	if (env < 0 && errno != EEXIST)
		return err_sys(err, errno, "container-file-create", "cannot create /.dockerenv in the container");
	CLEANUP_FD int etc = runtime_scratch_mkdir(root, "/etc", err);
	if (etc < 0)
		return etc;
	if (symlinkat("/proc/mounts", etc, "mtab") < 0 && errno != EEXIST)
		return err_sys(err, errno, "container-file-create", "cannot create /etc/mtab in the container");
	return 0;
}
