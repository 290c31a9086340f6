#include "os/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "os/fd.h"

#define LINKS_MAX 40         /* as the kernel follows */
#define FIFO_WAIT_MS 50      /* between two looks for a reader */
#define NO_SUCH_OWNER 65534u /* an owner without an id in our user namespace, see user_namespaces(7) */

void output_file_done(struct output_file *f)
{
	if (f->dir >= 0)
		close(f->dir);
	free(f->name);
	free(f->path);
	*f = (struct output_file)OUTPUT_FILE_NONE;
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

/* Moves f to the directory of path, which is relative to the one that f is in, and to the name there. */
static int enter(struct output_file *f, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	CLEANUP_FREE char *folder = slash ? mem_strndup(path, (size_t)(name - path)) : mem_strdup(".");
	if (!*name)
		return err_set(err, ERR_INVAL, "destination-not-file",
			       "cannot write %s: the path ends in a slash; name a file", path);
	int dir = openat(f->dir < 0 ? AT_FDCWD : f->dir, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return err_set(err, ERR_NOTFOUND, "directory-not-found",
			       "cannot write %s: the directory %s does not exist", path, folder);
	if (dir < 0)
		return err_sys(err, errno, "directory-open", "cannot write %s: directory %s", path, folder);
	if (f->dir >= 0)
		close(f->dir);
	f->dir = dir;
	free(f->name);
	f->name = mem_strdup(name);
	return 0;
}

/* As fs.protected_symlinks of proc_sys_fs(5) has it, which holds only where the kernel follows. */
static bool may_follow(const struct output_file *link)
{
	struct stat dir;
	uid_t owner = link->st.st_uid;
	if (fstat(link->dir, &dir) < 0)
		return false;
	if (!(dir.st_mode & S_ISVTX) || !(dir.st_mode & S_IWOTH))
		return true;
	return owner == geteuid() || (owner == dir.st_uid && owner != NO_SUCH_OWNER);
}

static int follow(const char *path, struct output_file *f, struct err *err)
{
	char at[PATH_MAX];
	f->descriptor = strcmp(path, "-") == 0 ? STDOUT_FILENO : -1;
	if (f->descriptor >= 0)
		return 0;
	if (!*path)
		return err_set(err, ERR_INVAL, "destination-not-file", "the name of the file to write is empty");
	if (strlen(path) >= sizeof(at))
		return err_sys(err, ENAMETOOLONG, "file-write", "cannot write %.100s...", path);
	strcpy(at, path);
	for (int links = 0; links <= LINKS_MAX; links++) {
		if ((f->descriptor = descriptor_of(at)) >= 0)
			return 0;
		int r = enter(f, at, err);
		if (r < 0)
			return links ? err_wrap(err, "%s", path) : r;
		if (fstatat(f->dir, f->name, &f->st, AT_SYMLINK_NOFOLLOW) < 0) {
			f->st.st_mode = 0;
			return errno == ENOENT ? 0 : err_sys(err, errno, "file-write", "cannot write %s", path);
		}
		if (!S_ISLNK(f->st.st_mode))
			return 0;
		if (!may_follow(f))
			return err_set(err, ERR_DENIED, "symlink-of-other-user",
				       "cannot write %s: this is another user's symlink", path);
		ssize_t n = readlinkat(f->dir, f->name, at, sizeof(at) - 1);
		if (n < 0)
			return err_sys(err, errno, "file-write", "cannot write %s", path);
		at[n] = '\0';
	}
	return err_sys(err, ELOOP, "file-write", "cannot write %s", path);
}

static int check_kind(const struct output_file *f, struct err *err)
{
	if (f->descriptor >= 0) {
		int flags = fcntl(f->descriptor, F_GETFL);
		return flags < 0 || (flags & O_ACCMODE) == O_RDONLY
			   ? err_sys(err, EBADF, "file-write", "cannot write %s", f->path)
			   : 0;
	}
	if (S_ISDIR(f->st.st_mode))
		return err_set(err, ERR_INVAL, "destination-not-file",
			       "cannot write %s: this is a directory; name a file in it", f->path);
	return 0;
}

static int find(const char *path, struct output_file *out, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	f.path = mem_strdup(path);
	int r = follow(path, &f, err);
	if (r < 0 || (r = check_kind(&f, err)) < 0)
		return r;
	*out = f;
	f = (struct output_file)OUTPUT_FILE_NONE;
	return 0;
}

bool output_file_is_special(const struct output_file *f)
{
	return f->descriptor >= 0 || (f->st.st_mode && !S_ISREG(f->st.st_mode));
}

bool output_file_is_replaceable(const struct output_file *f)
{
	return !output_file_is_special(f) && faccessat(f->dir, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

int output_file_open(const char *path, struct output_file *out, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	int r = find(path, &f, err);
	if (r < 0)
		return r;
	bool writable = f.descriptor >= 0 || (f.st.st_mode && faccessat(f.dir, f.name, W_OK, AT_EACCESS) == 0);
	if (!writable && !output_file_is_replaceable(&f))
		return err_sys(err, errno, "file-write", "cannot write %s", path);
	*out = f;
	f = (struct output_file)OUTPUT_FILE_NONE;
	return 0;
}

int output_file_check(const char *path, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	return output_file_open(path, &f, err);
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

/* Renames the file dir/name, which fd is open on, over f. 1 when f must be written in place. */
static int replace(const struct output_file *f, int fd, int dir, const char *name, struct err *err)
{
	bool exists = f->st.st_mode != 0;
	if ((exists && keep_mode(fd, &f->st) < 0) || fdatasync(fd) < 0)
		return err_sys(err, errno, "file-write", "cannot write %s", f->path);
	if (renameat(dir, name, f->dir, f->name) == 0)
		return 0;
	return errno == EBUSY && exists ? 1 : err_sys(err, errno, "file-rename", "cannot rename to %s", f->path);
}

/* The same of a temporary file that make writes. */
static int write_beside(const struct output_file *f, output_file_maker *make, void *ctx, struct err *err)
{
	CLEANUP_FREE char *prefix = mem_printf(".%.200s", f->name), *temporary = NULL;
	struct err e = {0};
	bool exists = f->st.st_mode != 0;
	CLEANUP_FD int fd = fd_create_temporary(f->dir, prefix, exists ? 0600 : 0644, &temporary, &e);
	if (fd < 0 && exists && (e.sys == EACCES || e.sys == EPERM || e.sys == EROFS))
		return 1;
	if (fd < 0)
		return err_sys(err, e.sys, "file-write", "cannot write %s", f->path);
	int r = make(ctx, fd, err);
	r = r < 0 ? err_wrap(err, "%s", f->path) : replace(f, fd, f->dir, temporary, err);
	if (r != 0)
		unlinkat(f->dir, temporary, 0);
	return r;
}

/* A socket can't be opened: what listens on it gets a connection. -1 and errno. */
static int open_socket(const struct output_file *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int n = snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", f->dir, f->name);
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (n >= (int)sizeof(address.sun_path))
		errno = ENAMETOOLONG;
	else if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return steal_fd(&fd);
	return -1;
}

int output_file_begin(const struct output_file *f, struct err *err)
{
	const int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd;
	if (f->descriptor >= 0) {
		fd = fcntl(f->descriptor, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? err_sys(err, errno, "file-write", "cannot write %s", f->path) : fd;
	}
	if (S_ISSOCK(f->st.st_mode)) {
		fd = open_socket(f);
		return fd < 0 ? err_sys(err, errno, "file-write", "cannot write %s", f->path) : fd;
	}
	while ((fd = openat(f->dir, f->name, flags | (output_file_is_special(f) ? 0 : O_TRUNC))) < 0) {
		if (errno != ENXIO || !S_ISFIFO(f->st.st_mode))
			return err_sys(err, errno, "file-write", "cannot write %s", f->path);
		struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};
		(void)poll(&stop, 1, FIFO_WAIT_MS);
		if (stop_requested())
			return err_set(err, ERR_CANCELLED, "interrupted", "%s: interrupted, and nobody reads the fifo",
				       f->path);
	}
	if (fcntl(fd, F_SETFL, O_WRONLY) < 0) { /* not O_NONBLOCK any more */
		int e = errno;
		close(fd);
		return err_sys(err, e, "file-write", "cannot write %s", f->path);
	}
	return fd;
}

int output_file_end(const struct output_file *f, int fd, struct err *err)
{
	return !output_file_is_special(f) && fdatasync(fd) < 0
		   ? err_sys(err, errno, "file-write", "cannot write %s", f->path)
		   : 0;
}

static int write_in_place(const struct output_file *f, output_file_maker *make, void *ctx, struct err *err)
{
	CLEANUP_FD int fd = output_file_begin(f, err);
	if (fd < 0)
		return fd;
	int r = make(ctx, fd, err);
	return r < 0 ? err_wrap(err, "%s", f->path) : output_file_end(f, fd, err);
}

static int copy_in_place(const struct output_file *f, int from, struct err *err)
{
	struct stat st;
	CLEANUP_FD int fd = output_file_begin(f, err);
	if (fd < 0)
		return fd;
	if (fstat(from, &st) < 0 || lseek(from, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "file-seek", "cannot write %s", f->path);
	int r = fd_copy(from, fd, (uint64_t)st.st_size, err);
	return r < 0 ? err_wrap(err, "%s", f->path) : output_file_end(f, fd, err);
}

int output_file_replace(const struct output_file *f, int fd, int dir, const char *name, struct err *err)
{
	int r = replace(f, fd, dir, name, err);
	return r == 1 ? copy_in_place(f, fd, err) : r;
}

int output_file_make(const char *path, output_file_maker *make, void *ctx, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	int r = find(path, &f, err);
	if (r < 0)
		return r;
	r = output_file_is_special(&f) ? 1 : write_beside(&f, make, ctx, err);
	return r == 1 ? write_in_place(&f, make, ctx, err) : r;
}

struct bytes {
	const void *data;
	size_t n;
};

static int write_bytes(void *ctx, int fd, struct err *err)
{
	const struct bytes *b = ctx;
	return fd_write_all(fd, b->data, b->n, err);
}

int output_file_write(const char *path, const void *data, size_t n, struct err *err)
{
	struct bytes b = {data, n};
	return output_file_make(path, write_bytes, &b, err);
}

/* Whether the file's last line has no end. */
static bool is_line_open(const struct output_file *f)
{
	char last;
	CLEANUP_FD int fd = openat(f->dir, f->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 && pread(fd, &last, 1, f->st.st_size - 1) == 1 && last != '\n';
}

int output_file_append(const char *path, const void *data, size_t n, struct err *err)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
	struct bytes b = {data, n};
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	CLEANUP_BUF struct buf lines = {0};
	int r = find(path, &f, err);
	if (r < 0)
		return r;
	if (output_file_is_special(&f))
		return write_in_place(&f, write_bytes, &b, err);
	CLEANUP_FD int fd = openat(f.dir, f.name, flags, 0644);
	if (fd < 0)
		return err_sys(err, errno, "file-write", "cannot write %s", path);
	if (n && f.st.st_mode && f.st.st_size > 0 && is_line_open(&f))
		buf_char(&lines, '\n');
	buf_append(&lines, data, n); /* one write: others may add to it at the same time */
	r = fd_write_all(fd, lines.data, lines.len, err);
	return r < 0 ? err_wrap(err, "%s", path) : output_file_end(&f, fd, err);
}
