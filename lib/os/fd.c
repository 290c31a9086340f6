#include "os/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "base/thread.h"
#include "os/io.h"
#include "os/open_below.h"

#define COPY_SIZE (16u << 20) /* bytes between two questions whether to stop */
#define POLL_PAUSE_MS 10

int fd_open_in_root(int root, const char *path, int flags, mode_t mode, struct err *err)
{
	struct open_how how = {
	    .flags = (uint64_t)(flags | O_CLOEXEC),
	    .mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0,
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = open_below(root, path, &how);
	return fd < 0 ? err_sys(err, errno, "file-open", "%s", path) : fd;
}

int fd_read_all(int fd, size_t max, const char *what, struct buf *out, struct err *err)
{
	struct stat st;
	const bool waits = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	for (;;) {
		int r = waits ? io_await(fd, err) : 0;
		if (r < 0)
			return r;
		buf_reserve(out, 65536);
		ssize_t n = read(fd, out->data + out->len, 65536);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_sys(err, errno, "file-read", "cannot read %s", what);
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len > max)
			return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %zu bytes", what, max);
	}
	out->data[out->len] = '\0';
	return 0;
}

int fd_read_file(int dir, const char *path, size_t max, struct buf *out, struct err *err)
{
	CLEANUP_FD int fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* a fifo, too */
	if (fd < 0)
		return err_sys(err, errno, "file-open", "%s", path);
	return fd_read_all(fd, max, path, out, err);
}

int fd_write_all(int fd, const void *data, size_t n, struct err *err)
{
	const char *p = data;
	while (n) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_sys(err, errno, "file-write", "cannot write");
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int fd_sink(void *fd, const char *data, size_t n, struct err *err)
{
	return fd_write_all(*(const int *)fd, data, n, err);
}

int fd_create_temporary(int dir, const char *path, mode_t mode, char **name, struct err *err)
{
	for (;;) {
		uint64_t id;
		if (getrandom(&id, sizeof(id), 0) != sizeof(id))
			return err_sys(err, errno, "random-read", "cannot get random bytes");
		CLEANUP_FREE char *tmp = mem_printf("%s.%016llx.tmp", path, (unsigned long long)id);
		int fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return err_sys(err, errno, "file-create", "cannot create %s", path);
		*name = steal_ptr(&tmp);
		return fd;
	}
}

int fd_write_file_atomic(int dir, const char *path, const void *data, size_t n, mode_t mode, struct err *err)
{
	CLEANUP_FREE char *tmp = NULL;
	CLEANUP_FD int fd = fd_create_temporary(dir, path, mode, &tmp, err);
	if (fd < 0)
		return fd;
	int r = fd_write_all(fd, data, n, err);
	if (r < 0)
		err_wrap(err, "%s", path);
	else if (renameat(dir, tmp, dir, path) < 0)
		r = err_sys(err, errno, "file-rename", "cannot rename to %s", path);
	if (r < 0)
		unlinkat(dir, tmp, 0);
	return r;
}

int fd_copy(int from, int to, uint64_t n, struct err *err)
{
	int r = 0;
	while (n && (r = stop_check(err)) == 0) {
		ssize_t c = copy_file_range(from, NULL, to, NULL, n > COPY_SIZE ? COPY_SIZE : (size_t)n, 0);
		if (c <= 0)
			break;
		n -= (uint64_t)c;
	}
	CLEANUP_FREE char *block = n ? mem_alloc(1 << 17) : NULL;
	while (n && r == 0 && (r = stop_check(err)) == 0) {
		ssize_t got = read(from, block, n > 1 << 17 ? 1 << 17 : (size_t)n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "file-read", "cannot read");
		if (got == 0)
			return err_set(err, ERR_CORRUPT, "file-truncated", "the file ends %llu bytes early",
				       (unsigned long long)n);
		r = fd_write_all(to, block, (size_t)got, err);
		n -= (uint64_t)got;
	}
	return r;
}

int fd_mkdir_p(int dir, const char *path, mode_t mode, struct err *err)
{
	if (mkdirat(dir, path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return err_sys(err, errno, "directory-create", "cannot create directory %s", path);
	CLEANUP_FREE char *parent = mem_strdup(path);
	char *slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return err_sys(err, ENOENT, "directory-create", "cannot create directory %s", path);
	*slash = '\0';
	int r = fd_mkdir_p(dir, parent, mode, err);
	if (r < 0)
		return r;
	if (mkdirat(dir, path, mode) < 0 && errno != EEXIST)
		return err_sys(err, errno, "directory-create", "cannot create directory %s", path);
	return 0;
}

#define REMOVE_DEPTH 64 /* levels, an open fd each */

struct removal {
	int top;        /* the tree's own directory */
	unsigned moved; /* directories that were moved into it for being too deep */
};

static int remove_entry(struct removal *t, int dir, const char *name, unsigned depth, struct err *err);

static int remove_entries(struct removal *t, int fd, unsigned depth, struct err *err)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	if (!d) {
		int e = errno;
		if (again >= 0)
			close(again);
		return err_sys(err, e, "file-remove", "cannot remove");
	}
	int r = 0;
	for (struct dirent *e; r == 0 && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = remove_entry(t, fd, e->d_name, depth, err);
	closedir(d);
	return r;
}

static int move_up(struct removal *t, int dir, const char *name, struct err *err)
{
	for (;;) {
		CLEANUP_FREE char *to = mem_printf(".deep.%u", t->moved++);
		if (renameat2(dir, name, t->top, to, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return err_sys(err, errno, "file-remove", "cannot remove %s", name);
	}
}

static int remove_entry(struct removal *t, int dir, const char *name, unsigned depth, struct err *err)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(err, errno, "file-remove", "cannot remove %s", name);
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (depth == REMOVE_DEPTH)
		return move_up(t, dir, name, err);
	const struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				     .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
	CLEANUP_FD int fd = open_below(dir, name, &how);
	if (fd < 0)
		return err_sys(err, errno, "file-remove", "cannot remove %s", name);
	if (depth == 0)
		t->top = fd;
	unsigned moved;
	do {
		moved = t->moved;
		int r = remove_entries(t, fd, depth + 1, err);
		if (r < 0)
			return r;
	} while (depth == 0 && t->moved != moved);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(err, errno, "file-remove", "cannot remove %s", name);
	return 0;
}

int fd_remove_tree(int dir, const char *name, struct err *err)
{
	struct removal t = {.top = -1};
	return remove_entry(&t, dir, name, 0, err);
}

int fd_proc_path(int dir, const char *name, char out[static FD_PROC_PATH])
{
	int n = snprintf(out, FD_PROC_PATH, "/proc/self/fd/%d%s%s", dir, name[0] ? "/" : "", name);
	return n < FD_PROC_PATH ? 0 : -ENAMETOOLONG;
}

static void *close_it(void *fd)
{
	close((int)(intptr_t)fd);
	return NULL;
}

void fd_close_slow(int fd)
{
	pthread_t thread;
	if (fd < 0)
		return;
	if (thread_start(&thread, close_it, (void *)(intptr_t)fd) == 0)
		pthread_detach(thread);
	else
		close(fd);
}

int fd_poll(struct pollfd *fds, size_t n, int timeout_ms)
{
	int ready = poll(fds, n, timeout_ms);
	if (ready >= 0)
		return ready;
	const bool failed = errno != EINTR;
	if (failed)
		nanosleep(&(struct timespec){.tv_nsec = POLL_PAUSE_MS * 1000000}, NULL);
	ready = 0;
	for (size_t i = 0; i < n; i++) {
		fds[i].revents = failed && fds[i].fd >= 0 ? fds[i].events : 0;
		ready += fds[i].revents != 0;
	}
	return ready;
}
