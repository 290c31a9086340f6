#include "transport/file/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "transport/file/staging.h"

#define TRIES 16

int file_directory_open_file(int dir, const char *path, uint64_t *size, struct err *err)
{
	CLEANUP_FD int fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "file-open", "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CORRUPT, "not-regular-file", "%s is not a regular file", path);
	*size = (uint64_t)st.st_size;
	return steal_fd(&fd);
}

int file_directory_open_blob(int dir, const char *path, const struct oci_descriptor *d, struct io_reader *out,
			     struct err *err)
{
	uint64_t size;
	CLEANUP_FD int fd = file_directory_open_file(dir, path, &size, err);
	if (fd < 0)
		return fd;
	if (size != d->size)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "%s has the wrong size: %llu bytes, expected %llu", path, (unsigned long long)size,
			       (unsigned long long)d->size);
	*out = io_reader_fd(steal_fd(&fd));
	return 0;
}

int file_directory_read_file(int dir, const char *path, struct buf *out, struct err *err)
{
	uint64_t size;
	CLEANUP_FD int fd = file_directory_open_file(dir, path, &size, err);
	return fd < 0 ? fd : fd_read_all(fd, LIMIT_MANIFEST, path, out, err);
}

int file_directory_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR)
		return err_set(err, ERR_INVAL, "source-not-directory",
			       "this is not a directory; if it is a tar name it as oci-archive:FILE or "
			       "docker-archive:FILE");
	return fd < 0 ? err_sys(err, errno, "directory-open", "cannot open the directory") : fd;
}

bool file_directory_has_file(int dir, const char *path)
{
	return faccessat(dir, path, F_OK, 0) == 0 || errno != ENOENT;
}

bool file_directory_is_empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	bool empty = true;
	for (struct dirent *e; empty && (e = readdir(d));)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || file_staging_is_name(e->d_name);
	closedir(d);
	return empty;
}

static int make_all(const char *whole, size_t *made, struct err *err)
{
	CLEANUP_FREE char *path = mem_strdup(whole);
	for (size_t end = 0; path[end];) {
		end += strspn(path + end, "/");
		end += strcspn(path + end, "/");
		char next = path[end];
		path[end] = '\0';
		int failed = mkdir(path, 0755) < 0 ? errno : 0;
		int r = failed && failed != EEXIST ? err_sys(err, failed, "file-open", "%s", path) : 0;
		path[end] = next;
		if (r < 0)
			return r;
		if (!failed && !*made)
			*made = end;
	}
	return 0;
}

int file_directory_make(const char *path, size_t *made, struct err *err)
{
	int r = -ERR_NOTFOUND;
	for (unsigned tries = 0; r == -ERR_NOTFOUND && tries < TRIES; tries++) {
		r = make_all(path, made, err);
		if (r < 0)
			err_wrap(err, "cannot create the directory");
		else
			r = file_directory_open(path, err); /* not found: another process has removed it meanwhile */
	}
	return r;
}

bool file_directory_is_removed(int dir)
{
	struct stat st;
	return fstat(dir, &st) == 0 && st.st_nlink == 0;
}

bool file_directory_is_worth_a_try(int r, int dir, unsigned *tries)
{
	return r < 0 && dir >= 0 && file_directory_is_removed(dir) && ++*tries < TRIES;
}

void file_directory_unmake(const char *whole, size_t made)
{
	CLEANUP_FREE char *path = mem_strdup(whole);
	for (size_t end = strlen(path); made && end >= made;) {
		path[end] = '\0';
		rmdir(path);
		while (end && path[end - 1] != '/')
			end--;
		while (end && path[end - 1] == '/')
			end--;
	}
}
