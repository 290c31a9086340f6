#include "os/open_below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/path_walk.h"

/* Where the walk is. */
struct position {
	int root, fd;
	uint64_t resolve;
	long long mount; /* of the root, if RESOLVE_NO_XDEV asks for it */
	struct buf at;   /* "/a/b", a path without symlinks; "" = the root */
	struct path_walk w;
};

/* The number of the mount that fd is on; -1 = unknown. */
static long long mount_of(int fd)
{
	char path[64], line[128];
	long long id = -1;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	FILE *f = fopen(path, "re");
	while (f && id < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "mnt_id: %lld", &id) != 1)
			id = -1;
	if (f)
		fclose(f);
	return id;
}

static int move_to(struct position *p, int fd)
{
	if (fd < 0)
		return -1;
	if ((p->resolve & RESOLVE_NO_XDEV) && mount_of(fd) != p->mount) {
		close(fd);
		errno = EXDEV;
		return -1;
	}
	close(p->fd);
	p->fd = fd;
	return 0;
}

static int to_root(struct position *p)
{
	p->at.len = 0;
	return move_to(p, openat(p->root, ".", O_PATH | O_CLOEXEC));
}

/* From the root again, because the parent of a directory that was moved lies anywhere. */
static int up(struct position *p)
{
	if (!p->at.len && (p->resolve & RESOLVE_BENEATH)) {
		errno = EXDEV;
		return -1;
	}
	if (!(p->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)))
		return move_to(p, openat(p->fd, "..", O_PATH | O_CLOEXEC));
	path_walk_up(&p->at);
	CLEANUP_FREE char *path = mem_strdup(p->at.len ? p->at.data : "");
	if (move_to(p, openat(p->root, ".", O_PATH | O_CLOEXEC)) < 0)
		return -1;
	char *rest = path;
	for (char *name; (name = strtok_r(rest, "/", &rest));)
		if (move_to(p, openat(p->fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC)) < 0)
			return -1;
	return 0;
}

/* link: a symlink that is followed. */
static int follow(struct position *p, int link)
{
	char target[LIMIT_PATH + 1];
	struct statfs fs;
	if ((p->resolve & RESOLVE_NO_SYMLINKS) || fstatfs(link, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC) {
		errno = ELOOP; /* links of /proc may be magic ones */
		return -1;
	}
	ssize_t n = readlinkat(link, "", target, LIMIT_PATH);
	if (n <= 0) {
		errno = n < 0 ? errno : ENOENT;
		return -1;
	}
	target[n] = '\0';
	if (!path_walk_follow_copy(&p->w, target)) {
		errno = ELOOP;
		return -1;
	}
	if (target[0] != '/')
		return 0;
	if (p->resolve & RESOLVE_IN_ROOT)
		return to_root(p);
	errno = EXDEV;
	return -1;
}

/* What the path leads to: name in the directory where the walk is. */
static int open_last(struct position *p, const char *name, const struct open_how *how)
{
	const int flags = (int)how->flags | O_CLOEXEC;
	int fd = openat(p->fd, name, flags | O_NOFOLLOW, (mode_t)how->mode);
	struct stat st;
	const bool swapped = fd >= 0 && !(flags & O_NOFOLLOW) && (fstat(fd, &st) < 0 || S_ISLNK(st.st_mode));
	const bool left = fd >= 0 && (p->resolve & RESOLVE_NO_XDEV) && mount_of(fd) != p->mount;
	if (!swapped && !left)
		return fd;
	close(fd);
	errno = left ? EXDEV : ELOOP;
	return -1;
}

/* One component. 1: it is the last one, and to be opened. */
static int step(struct position *p, const char *name, const struct open_how *how)
{
	const bool last = path_walk_is_last(&p->w);
	int fd = openat(p->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		if (fd >= 0)
			close(fd);
		return last && fd < 0 && errno == ENOENT && (how->flags & O_CREAT) ? 1 : -1;
	}
	if (S_ISLNK(st.st_mode) && (!last || !(how->flags & O_NOFOLLOW))) {
		int r = follow(p, fd);
		int e = errno;
		close(fd);
		errno = e;
		return r;
	}
	if (last) {
		close(fd);
		return 1;
	}
	if (!S_ISDIR(st.st_mode)) {
		close(fd);
		errno = ENOTDIR;
		return -1;
	}
	buf_printf(&p->at, "/%s", name);
	return move_to(p, fd);
}

static int walk(struct position *p, const struct open_how *how)
{
	const char *name;
	size_t len;
	enum path_walk_step s;
	while ((s = path_walk_next(&p->w, &name, &len)) != PATH_WALK_END) {
		int r = 0;
		if (s == PATH_WALK_UP) {
			r = up(p);
		} else if (s == PATH_WALK_NAME) {
			CLEANUP_FREE char *text = mem_strndup(name, len);
			r = step(p, text, how);
			if (r > 0)
				return open_last(p, text, how);
		}
		if (r < 0)
			return -1;
	}
	return open_last(p, ".", how);
}

static int begin(struct position *p, int dir, const char *path)
{
	if (!*path) {
		errno = ENOENT;
		return -1;
	}
	if (*path == '/' && !(p->resolve & RESOLVE_IN_ROOT)) {
		if (p->resolve & RESOLVE_BENEATH) {
			errno = EXDEV;
			return -1;
		}
		p->root = open("/", O_PATH | O_CLOEXEC);
	} else {
		p->root = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (p->root < 0)
		return -1;
	if (p->resolve & RESOLVE_NO_XDEV)
		p->mount = mount_of(p->root);
	path_walk_init(&p->w, path);
	p->fd = openat(p->root, ".", O_PATH | O_CLOEXEC);
	return p->fd < 0 ? -1 : 0;
}

int open_below_by_hand(int dir, const char *path, const struct open_how *how)
{
	struct position p = {.root = -1, .fd = -1, .resolve = how->resolve};
	buf_str(&p.at, "");
	int fd = begin(&p, dir, path);
	if (fd == 0)
		fd = walk(&p, how);
	int e = errno;
	path_walk_done(&p.w);
	buf_done(&p.at);
	if (p.fd >= 0)
		close(p.fd);
	if (p.root >= 0)
		close(p.root);
	errno = e;
	return fd;
}

/* A seccomp profile may refuse the call with any errno. */
static bool is_missing(void)
{
	static _Atomic int known; /* 1 = it works, 2 = it is missing */
	int state = atomic_load(&known);
	if (!state) {
		const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
		int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));
		state = fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EACCES) ? 1 : 2;
		if (fd >= 0)
			close(fd);
		atomic_store(&known, state);
	}
	return state == 2;
}

int open_below(int dir, const char *path, const struct open_how *how)
{
	int fd;
	if (is_missing())
		return open_below_by_hand(dir, path, how);
	do
		fd = (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	return fd;
}
