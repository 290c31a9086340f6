#include "stack/copy_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/walk.h"

#define ATTRIBUTES (64 << 10) /* bytes of all names, and of a value: what Linux allows */

/* Where an entry is copied from and to. */
struct place {
	int from, to; /* directories */
	const char *name;
	const struct stat *st;
};

static int failed(const struct place *p, const char *what, struct err *err)
{
	return err_sys(err, errno, "volume-fill", "%s %s", what, p->name);
}

/* A file system without extended attributes has none to copy, or loses them. */
static void copy_attributes(const struct place *p)
{
	char from[FD_PROC_PATH], to[FD_PROC_PATH];
	if (fd_proc_path(p->from, p->name, from) < 0 || fd_proc_path(p->to, p->name, to) < 0)
		return;
	CLEANUP_FREE char *names = mem_alloc(ATTRIBUTES), *value = mem_alloc(ATTRIBUTES);
	const ssize_t n = llistxattr(from, names, ATTRIBUTES);
	for (const char *name = names; n > 0 && name < names + n; name += strlen(name) + 1) {
		const ssize_t size = lgetxattr(from, name, value, ATTRIBUTES);
		/* those of the overlay are not the image's */
		if (size >= 0 && strncmp(name, "trusted.", 8) != 0)
			(void)lsetxattr(to, name, value, (size_t)size, 0);
	}
}

static int copy_owner(const struct place *p, struct err *err)
{
	const struct timespec times[2] = {p->st->st_atim, p->st->st_mtim};
	if (fchownat(p->to, p->name, p->st->st_uid, p->st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(p, "set the owner of", err);
	if (!S_ISLNK(p->st->st_mode) && fchmodat(p->to, p->name, p->st->st_mode & 07777, 0) < 0)
		return failed(p, "set the mode of", err);
	copy_attributes(p);
	if (utimensat(p->to, p->name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(p, "set the times of", err);
	return 0;
}

static int copy_file(const struct place *p, struct err *err)
{
	CLEANUP_FD int from = openat(p->from, p->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_FD int to =
	    from < 0 ? -1 : openat(p->to, p->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return to < 0 ? failed(p, "copy", err) : fd_copy(from, to, (uint64_t)p->st->st_size, err);
}

static int copy_link(const struct place *p, struct err *err)
{
	char target[LIMIT_PATH + 1];
	const ssize_t n = readlinkat(p->from, p->name, target, sizeof(target) - 1);
	if (n < 0)
		return failed(p, "read the symlink", err);
	target[n] = '\0';
	return symlinkat(target, p->to, p->name) < 0 ? failed(p, "copy", err) : 0;
}

static int copy_entry(const struct place *p, struct err *err)
{
	switch (p->st->st_mode & S_IFMT) {
	case S_IFDIR:
		return mkdirat(p->to, p->name, 0700) < 0 ? failed(p, "make", err) : 0;
	case S_IFREG:
		return copy_file(p, err);
	case S_IFLNK:
		return copy_link(p, err);
	case S_IFIFO:
		return mkfifoat(p->to, p->name, 0600) < 0 ? failed(p, "make", err) : 0;
	default: /* devices cannot be used in a volume, and sockets are dead */
		return 0;
	}
}

static bool is_copied(const struct stat *st)
{
	return S_ISDIR(st->st_mode) || S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) || S_ISFIFO(st->st_mode);
}

static int each(void *ctx, const struct walk_entry *e, struct err *err)
{
	const int root = *(const int *)ctx;
	CLEANUP_FREE char *above = mem_strdup(e->path);
	char *slash = strrchr(above, '/');
	if (slash)
		*slash = '\0';
	CLEANUP_FD int to = fd_open_in_root(root, slash ? above : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, err);
	if (to < 0)
		return to;
	const struct place p = {e->dir, to, e->name, &e->st};
	int r = copy_entry(&p, err);
	return r == 0 && is_copied(&e->st) ? copy_owner(&p, err) : r;
}

int stack_copy_tree(int from, int to, struct err *err)
{
	struct stat st;
	int r = walk_tree(from, each, &to, err);
	if (r < 0)
		return r;
	if (fstat(from, &st) < 0 || fchown(to, st.st_uid, st.st_gid) < 0 || fchmod(to, st.st_mode & 07777) < 0)
		return err_sys(err, errno, "volume-fill", "set the owner of the volume");
	return 0;
}
