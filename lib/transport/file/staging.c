#include "transport/file/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

#define PREFIX ".slim-tmp-"

bool file_staging_is_name(const char *name)
{
	return strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

/* Remove the directory if it is ours and nobody holds it any more. */
static void remove_stale(int parent, const char *name)
{
	CLEANUP_FD int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return;
	(void)fd_remove_tree(parent, name, NULL); /* what cannot be removed costs space only */
}

static void sweep(int parent)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *e; (e = readdir(d));)
		if (file_staging_is_name(e->d_name))
			remove_stale(parent, e->d_name);
	closedir(d);
}

static void leave(struct file_staging *s)
{
	if (s->fd < 0)
		return;
	(void)fd_remove_tree(s->parent, s->name, NULL); /* the next sink of this place tries again */
	close(steal_fd(&s->fd));
}

/* 1 if the directory was made and locked, 0 if another name has to be tried. */
static int try_create(struct file_staging *s, struct err *err)
{
	uint64_t id = 0;
	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_sys(err, errno, "random-read", "cannot get random bytes");
	free(s->name);
	s->name = mem_printf(PREFIX "%016llx", (unsigned long long)id);
	if (mkdirat(s->parent, s->name, 0700) < 0)
		return errno == EEXIST
			   ? 0
			   : err_sys(err, errno, "directory-write", "cannot write to directory %s", s->where);
	s->fd = openat(s->parent, s->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	/* Between mkdir and flock another process may have taken the directory for a leftover. If a file system does
	 * not have flock on directories, nobody else can lock it either. */
	bool held = s->fd >= 0 && (flock(s->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
		    fstat(s->fd, &st) == 0 && st.st_nlink > 0;
	if (!held) {
		unlinkat(s->parent, s->name, AT_REMOVEDIR);
		if (s->fd >= 0)
			close(steal_fd(&s->fd));
	}
	return held;
}

/* Makes the directory, unless it is there. */
static int enter(struct file_staging *s, struct err *err)
{
	int r = s->fd >= 0;
	for (int i = 0; r == 0 && i < 16; i++)
		r = try_create(s, err);
	if (r == 0)
		r = err_set(err, ERR_SYS, "temporary-directory-create", "cannot create a temporary directory in %s",
			    s->where);
	return r < 0 ? r : 0;
}

int file_staging_open(int parent, const char *where, struct file_staging *out, struct err *err)
{
	CLEANUP_FILE_STAGING struct file_staging s = {.parent = fcntl(parent, F_DUPFD_CLOEXEC, 0), .fd = -1};
	if (s.parent < 0)
		return err_sys(err, errno, "file-open", "%s", where);
	s.where = mem_strdup(where);
	sweep(parent);
	int r = enter(&s, err);
	if (r < 0)
		return r;
	leave(&s);
	*out = s;
	s = (struct file_staging){.parent = -1, .fd = -1};
	return 0;
}

int file_staging_create(struct file_staging *s, const char *name, struct err *err)
{
	int r = enter(s, err);
	if (r < 0)
		return r;
	int fd = openat(s->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return fd < 0 ? err_sys(err, errno, "file-create", "cannot create %s/%s", s->name, name) : fd;
}

int file_staging_put(struct file_staging *s, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	const char *hex = oci_digest_hex(&d->digest);
	CLEANUP_FD int to = file_staging_create(s, hex, err);
	if (to < 0)
		return to;
	int r;
	if (data)
		r = fd_write_all(to, data, (size_t)d->size, err);
	else if (lseek(fd, 0, SEEK_SET) < 0)
		r = err_sys(err, errno, "file-seek", "cannot rewind");
	else
		r = fd_copy(fd, to, d->size, err);
	if (r < 0) {
		unlinkat(s->fd, hex, 0);
		return r;
	}
	s->sizes = mem_grow(s->sizes, s->names.count, &s->cap, sizeof(*s->sizes));
	s->sizes[strset_add(&s->names, hex)] = d->size;
	return 0;
}

int file_staging_publish(struct file_staging *s, int fd, const char *name, int dir, const char *path, struct err *err)
{
	if (fdatasync(fd) < 0 || renameat(s->fd, name, dir, path) < 0)
		return err_sys(err, errno, "file-write", "cannot write %s", path);
	return 0;
}

void file_staging_done(struct file_staging *s)
{
	leave(s);
	if (s->parent >= 0)
		close(s->parent);
	free(s->name);
	free(s->where);
	strset_done(&s->names);
	free(s->sizes);
	*s = (struct file_staging){.parent = -1, .fd = -1};
}
