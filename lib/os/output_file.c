#include "os/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

#define LINKS_MAX 40         /* as the kernel follows */
#define FIFO_WAIT_MS 50      /* between two looks for a reader */
#define NO_SUCH_OWNER 65534u /* an owner without an id in our user namespace, see user_namespaces(7) */

/* Where path leads. */
struct target {
	int descriptor; /* borrowed: path names it, and the rest is not set; -1 = none */
	int dir;        /* owned */
	char *name;     /* in dir; no symlink */
	struct stat st; /* st_mode 0 = there is nothing of that name */
};
#define NO_TARGET                                                                                                      \
	{                                                                                                              \
		.descriptor = -1, .dir = -1                                                                            \
	}

static void target_done(struct target *t)
{
	if (t->dir >= 0)
		close(t->dir);
	free(t->name);
}

/* The descriptor that the absolute path names, or -1. */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t len = strlen(folders[i]);
		const char *number = strncmp(path, folders[i], len) == 0 ? path + len : "";
		size_t digits = strspn(number, "0123456789");
		if (digits > 0 && digits < 8 && !number[digits])
			return atoi(number);
	}
	return -1;
}

bool output_file_is_stdout(const char *path)
{
	return strcmp(path, "-") == 0 || descriptor_of(path) == STDOUT_FILENO;
}

/* Moves t to the directory of path, which is relative to the one that t is in, and to the name there. */
static int enter(struct target *t, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	CLEANUP_FREE char *folder = slash ? mem_strndup(path, (size_t)(name - path)) : mem_strdup(".");
	if (!*name)
		return err_set(err, ERR_INVAL, "destination-not-file",
			       "write %s: the path ends in a slash; name a file", path);
	int dir = openat(t->dir < 0 ? AT_FDCWD : t->dir, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return err_set(err, ERR_NOTFOUND, "directory-not-found", "write %s: the directory %s does not exist",
			       path, folder);
	if (dir < 0)
		return err_sys(err, errno, "directory-open", "write %s: directory %s", path, folder);
	if (t->dir >= 0)
		close(t->dir);
	t->dir = dir;
	free(t->name);
	t->name = mem_strdup(name);
	return 0;
}

/* As fs.protected_symlinks of proc_sys_fs(5) has it, which holds only where the kernel follows. */
static bool may_follow(const struct target *link)
{
	struct stat dir;
	uid_t owner = link->st.st_uid;
	if (fstat(link->dir, &dir) < 0)
		return false;
	if (!(dir.st_mode & S_ISVTX) || !(dir.st_mode & S_IWOTH))
		return true;
	return owner == geteuid() || (owner == dir.st_uid && owner != NO_SUCH_OWNER);
}

static int find_target(const char *path, struct target *t, struct err *err)
{
	char at[PATH_MAX];
	t->descriptor = strcmp(path, "-") == 0 ? STDOUT_FILENO : -1;
	if (t->descriptor >= 0)
		return 0;
	if (!*path)
		return err_set(err, ERR_INVAL, "destination-not-file", "the name of the file to write is empty");
	if (strlen(path) >= sizeof(at))
		return err_sys(err, ENAMETOOLONG, "file-write", "write %.100s...", path);
	strcpy(at, path);
	for (int links = 0; links <= LINKS_MAX; links++) {
		if ((t->descriptor = descriptor_of(at)) >= 0)
			return 0;
		int r = enter(t, at, err);
		if (r < 0)
			return links ? err_wrap(err, "%s", path) : r;
		if (fstatat(t->dir, t->name, &t->st, AT_SYMLINK_NOFOLLOW) < 0) {
			t->st.st_mode = 0;
			return errno == ENOENT ? 0 : err_sys(err, errno, "file-write", "write %s", path);
		}
		if (!S_ISLNK(t->st.st_mode))
			return 0;
		if (!may_follow(t))
			return err_set(err, ERR_DENIED, "symlink-of-other-user",
				       "write %s: this is another user's symlink", path);
		ssize_t n = readlinkat(t->dir, t->name, at, sizeof(at) - 1);
		if (n < 0)
			return err_sys(err, errno, "file-write", "write %s", path);
		at[n] = '\0';
	}
	return err_sys(err, ELOOP, "file-write", "write %s", path);
}

static bool is_special(const struct target *t)
{
	return t->st.st_mode && !S_ISREG(t->st.st_mode);
}

static int check_kind(const char *path, const struct target *t, struct err *err)
{
	if (S_ISDIR(t->st.st_mode))
		return err_set(err, ERR_INVAL, "destination-not-file",
			       "write %s: this is a directory; name a file in it", path);
	if (S_ISSOCK(t->st.st_mode))
		return err_set(err, ERR_INVAL, "destination-not-file",
			       "write %s: this is a socket, which can't be written to as a file", path);
	return 0;
}

int output_file_check(const char *path, struct err *err)
{
	CLEANUP(target_done) struct target t = NO_TARGET;
	int r = find_target(path, &t, err);
	if (r < 0)
		return r;
	if (t.descriptor >= 0)
		return fcntl(t.descriptor, F_GETFL) < 0 ? err_sys(err, errno, "file-write", "write %s", path) : 0;
	if ((r = check_kind(path, &t, err)) < 0)
		return r;
	if (t.st.st_mode && faccessat(t.dir, t.name, W_OK, AT_EACCESS) == 0)
		return 0;
	if (!is_special(&t) && faccessat(t.dir, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return 0;
	return err_sys(err, errno, "file-write", "write %s", path);
}

/* Mode and owner of the file that is replaced. */
static int keep_mode(int fd, const struct stat *old)
{
	struct stat own;
	if (fstat(fd, &own) < 0)
		return -1;
	if (old->st_gid != own.st_gid && old->st_gid != NO_SUCH_OWNER)
		(void)fchown(fd, (uid_t)-1, old->st_gid); /* only root may, or a member of the group */
	if (old->st_uid != own.st_uid && old->st_uid != NO_SUCH_OWNER)
		(void)fchown(fd, old->st_uid, (gid_t)-1);
	return fchmod(fd, old->st_mode & 0777);
}

/* 1 when the file must be written in place. */
static int replace(const char *path, const struct target *t, const void *data, size_t n, struct err *err)
{
	CLEANUP_FREE char *prefix = mem_printf(".%.200s", t->name), *temporary = NULL;
	struct err e = {0};
	bool exists = t->st.st_mode != 0;
	CLEANUP_FD int fd = fd_create_temporary(t->dir, prefix, exists ? 0600 : 0644, &temporary, &e);
	if (fd < 0 && exists && (e.sys == EACCES || e.sys == EPERM || e.sys == EROFS))
		return 1;
	if (fd < 0)
		return err_sys(err, e.sys, "file-write", "write %s", path);
	int r = fd_write_all(fd, data, n, err);
	if (r < 0)
		err_wrap(err, "%s", path);
	else if ((exists && keep_mode(fd, &t->st) < 0) || fdatasync(fd) < 0)
		r = err_sys(err, errno, "file-write", "write %s", path);
	else if (renameat(t->dir, temporary, t->dir, t->name) == 0)
		return 0;
	else
		r = errno == EBUSY && exists ? 1 : err_sys(err, errno, "file-rename", "rename to %s", path);
	unlinkat(t->dir, temporary, 0);
	return r;
}

static int open_in_place(const char *path, const struct target *t, struct err *err)
{
	const int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | (is_special(t) ? 0 : O_TRUNC);
	int fd;
	while ((fd = openat(t->dir, t->name, flags)) < 0) {
		if (errno != ENXIO || !S_ISFIFO(t->st.st_mode))
			return err_sys(err, errno, "file-write", "write %s", path);
		if (poll(NULL, 0, FIFO_WAIT_MS) < 0)
			return err_set(err, ERR_CANCELLED, "interrupted", "%s: interrupted, and nobody reads the fifo",
				       path);
	}
	if (fcntl(fd, F_SETFL, O_WRONLY) < 0) { /* not O_NONBLOCK any more */
		int e = errno;
		close(fd);
		return err_sys(err, e, "file-write", "write %s", path);
	}
	return fd;
}

static int write_in_place(const char *path, const struct target *t, const void *data, size_t n, struct err *err)
{
	CLEANUP_FD int fd = open_in_place(path, t, err);
	if (fd < 0)
		return fd;
	int r = fd_write_all(fd, data, n, err);
	if (r < 0)
		return err_wrap(err, "%s", path);
	return !is_special(t) && fdatasync(fd) < 0 ? err_sys(err, errno, "file-write", "write %s", path) : 0;
}

int output_file_write(const char *path, const void *data, size_t n, struct err *err)
{
	CLEANUP(target_done) struct target t = NO_TARGET;
	int r = find_target(path, &t, err);
	if (r < 0)
		return r;
	if (t.descriptor >= 0)
		return fd_write_all(t.descriptor, data, n, err) < 0 ? err_wrap(err, "%s", path) : 0;
	if ((r = check_kind(path, &t, err)) < 0)
		return r;
	r = is_special(&t) ? 1 : replace(path, &t, data, n, err);
	return r == 1 ? write_in_place(path, &t, data, n, err) : r;
}
