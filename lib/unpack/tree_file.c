#include "unpack/tree_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "image/merge.h"
#include "image/substitute.h"
#include "unpack/tree_dir.h"

#define DEFAULT_ACL "system.posix_acl_default"

/* Into the check: what the entry is at its path. */
static void check_name(struct unpack_tree *t, const struct layer_entry *e)
{
	const struct stat st = {.st_mode = e->mode};
	image_tree_check_name(&t->check, e->path, S_ISLNK(e->mode) ? e->link : NULL, &st);
}

int unpack_tree_set_xattrs(int parent, const char *name, const struct layer_entry *e, struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct layer_xattr *x = &e->xattrs[i];
		if (S_ISDIR(e->mode) && strcmp(x->name, DEFAULT_ACL) == 0)
			continue;
		int r = image_store_xattr(parent, name, x->name, x->value, x->len, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_content(struct unpack_tree *t, int fd, const struct layer_entry *e, struct layer_reader *reader,
			 int (*tick)(void *ctx, struct err *err), void *ctx, uint64_t *crc, struct err *err)
{
	uint64_t at = 0, offset;
	const void *data;
	size_t n;
	int r;
	while ((r = layer_reader_data(reader, &data, &n, &offset, err)) > 0) {
		*crc = image_tree_check_crc(*crc, data, n);
		t->check.lost |= offset != at;
		for (size_t done = 0; done < n;) {
			ssize_t w = pwrite(fd, (const char *)data + done, n - done, (off_t)(offset + done));
			if (w < 0 && errno != EINTR)
				return err_sys(err, errno, "file-write", "cannot write");
			done += w < 0 ? 0 : (size_t)w;
		}
		at = offset + n;
		if ((r = tick(ctx, err)) < 0)
			return r;
	}
	t->check.lost |= at != e->size;
	if (r == 0 && at < e->size && ftruncate(fd, (off_t)e->size) < 0) /* it ends in a hole */
		return err_sys(err, errno, "file-write", "cannot set its size");
	return r;
}

int unpack_tree_add_file(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader,
			 int (*tick)(void *ctx, struct err *err), void *ctx, struct err *err)
{
	const char *name;
	int parent = unpack_tree_parent(t, e->path, &name, err), r;
	if (parent < 0)
		return parent;
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD int fd = openat(parent, name, flags, e->mode & 0777);
	if (fd < 0 && errno == EEXIST) {
		if ((r = unpack_tree_make_room(t, parent, name, err)) < 0)
			return r;
		fd = openat(parent, name, flags, e->mode & 0777);
	}
	if (fd < 0)
		return err_sys(err, errno, "entry-create", "cannot create");
	t->files++;
	t->bytes += e->size;
	uint64_t crc = 0;
	if (e->size && (r = write_content(t, fd, e, reader, tick, ctx, &crc, err)) < 0)
		return r;
	const struct stat st = {.st_mode = e->mode, .st_uid = e->uid, .st_gid = e->gid, .st_mtim = e->mtime};
	image_tree_check_file(&t->check, crc, e->size, &st);
	check_name(t, e);
	if ((e->uid || e->gid) && fchown(fd, e->uid, e->gid) < 0)
		return unpack_tree_owner_error(e->uid, e->gid, err);
	if ((e->mode & 07000) && fchmod(fd, e->mode & 07777) < 0) /* writing and chown take setuid away */
		return err_sys(err, errno, "entry-attributes-set", "cannot set its mode");
	if (e->n_xattrs && (r = unpack_tree_set_xattrs(fd, "", e, err)) < 0)
		return r;
	const struct timespec times[2] = {e->mtime, e->mtime};
	return futimens(fd, times) < 0 ? err_sys(err, errno, "entry-attributes-set", "cannot set its time") : 0;
}

static int make_other(int parent, const char *name, const struct layer_entry *e)
{
	return S_ISLNK(e->mode) ? symlinkat(e->link, parent, name)
				: image_substitute_mknod(parent, name, e->mode & (S_IFMT | 0777), e->rdev);
}

int unpack_tree_add_other(struct unpack_tree *t, const struct layer_entry *e, struct err *err)
{
	if (S_ISCHR(e->mode) && e->rdev == 0)
		return 0; /* overlayfs takes it for a whiteout, as which it may not come */
	const char *name;
	int parent = unpack_tree_parent(t, e->path, &name, err), r;
	if (parent < 0)
		return parent;
	if (make_other(parent, name, e) < 0) {
		if (errno != EEXIST)
			return err_sys(err, errno, "entry-create", "cannot create");
		if ((r = unpack_tree_make_room(t, parent, name, err)) < 0)
			return r;
		if (make_other(parent, name, e) < 0)
			return err_sys(err, errno, "entry-create", "cannot create");
	}
	check_name(t, e);
	if ((e->uid || e->gid) && fchownat(parent, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return unpack_tree_owner_error(e->uid, e->gid, err);
	if (!S_ISLNK(e->mode) && (e->mode & 07000) && fchmodat(parent, name, e->mode & 07777, 0) < 0)
		return err_sys(err, errno, "entry-attributes-set", "cannot set its mode");
	if (e->n_xattrs && (r = unpack_tree_set_xattrs(parent, name, e, err)) < 0)
		return r;
	const struct timespec times[2] = {e->mtime, e->mtime};
	if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "entry-attributes-set", "cannot set its time");
	return 0;
}
