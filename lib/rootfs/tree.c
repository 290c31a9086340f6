#include "rootfs/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "rootfs/merge.h"
#include "rootfs/stand_in.h"
#include "rootfs/tree_private.h"

#define WHITEOUT ".wh."
#define WHITEOUT_META ".wh..wh." /* aufs' own, and the opaque mark */
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define DEFAULT_ACL "system.posix_acl_default"
#define ACCESS_ACL "system.posix_acl_access"

static bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Into the check: what the entry is at its path. */
static void check_name(struct rootfs_tree *t, const struct layer_entry *e)
{
	const struct stat st = {.st_mode = e->mode};
	tree_check_name(&t->check, e->path, S_ISLNK(e->mode) ? e->link : NULL, &st);
}

/* An access ACL has a part of the mode in it, which may be another one then. */
static void check_xattrs(struct rootfs_tree *t, const struct layer_entry *e)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (strcmp(e->xattrs[i].name, ACCESS_ACL) == 0)
			t->check.lost = true;
}

static int set_xattrs(int parent, const char *name, const struct layer_entry *e, struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct layer_xattr *x = &e->xattrs[i];
		char buf[STAND_IN_NAME];
		const char *stored = stand_in_xattr(x->name, buf);
		if (!stored || (S_ISDIR(e->mode) && strcmp(x->name, DEFAULT_ACL) == 0))
			continue;
		int r = rootfs_set_xattr(parent, name, stored, x->value, x->len, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_fd_xattrs(int fd, const struct layer_entry *e, struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct layer_xattr *x = &e->xattrs[i];
		char buf[STAND_IN_NAME];
		const char *stored = stand_in_xattr(x->name, buf);
		if (stored && fsetxattr(fd, stored, x->value, x->len, 0) < 0)
			return err_sys(err, errno, "extended attribute %s", x->name);
	}
	return 0;
}

static int write_content(struct rootfs_tree *t, int fd, const struct layer_entry *e, struct layer_reader *reader,
			 rootfs_tick *tick, void *ctx, uint64_t *crc, struct err *err)
{
	uint64_t at = 0, offset;
	const void *data;
	size_t n;
	int r;
	while ((r = layer_reader_data(reader, &data, &n, &offset, err)) > 0) {
		*crc = tree_check_crc(*crc, data, n);
		t->check.lost |= offset != at;
		for (size_t done = 0; done < n;) {
			ssize_t w = pwrite(fd, (const char *)data + done, n - done, (off_t)(offset + done));
			if (w < 0 && errno != EINTR)
				return err_sys(err, errno, "write");
			done += w < 0 ? 0 : (size_t)w;
		}
		at = offset + n;
		if ((r = tick(ctx, err)) < 0)
			return r;
	}
	t->check.lost |= at != e->size;
	if (r == 0 && at < e->size && ftruncate(fd, (off_t)e->size) < 0) /* it ends in a hole */
		return err_sys(err, errno, "set its size");
	return r;
}

static int add_file(struct rootfs_tree *t, const struct layer_entry *e, struct layer_reader *reader, rootfs_tick *tick,
		    void *ctx, struct err *err)
{
	const char *name;
	int parent = tree_parent(t, e->path, &name, err), r;
	if (parent < 0)
		return parent;
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD int fd = openat(parent, name, flags, e->mode & 0777);
	if (fd < 0 && errno == EEXIST) {
		if ((r = tree_make_room(t, parent, name, err)) < 0)
			return r;
		fd = openat(parent, name, flags, e->mode & 0777);
	}
	if (fd < 0)
		return err_sys(err, errno, "create");
	t->totals.files++;
	t->totals.bytes += e->size;
	uint64_t crc = 0;
	if (e->size && (r = write_content(t, fd, e, reader, tick, ctx, &crc, err)) < 0)
		return r;
	const struct stat st = {.st_mode = e->mode, .st_uid = e->uid, .st_gid = e->gid, .st_mtim = e->mtime};
	tree_check_file(&t->check, crc, e->size, &st);
	check_name(t, e);
	if ((e->uid || e->gid) && fchown(fd, e->uid, e->gid) < 0)
		return tree_owner_error(e->uid, e->gid, err);
	if ((e->mode & 07000) && fchmod(fd, e->mode & 07777) < 0) /* writing and chown take setuid away */
		return err_sys(err, errno, "set its mode");
	if (e->n_xattrs && (r = set_fd_xattrs(fd, e, err)) < 0)
		return r;
	const struct timespec times[2] = {e->mtime, e->mtime};
	return futimens(fd, times) < 0 ? err_sys(err, errno, "set its time") : 0;
}

static int make_other(int parent, const char *name, const struct layer_entry *e)
{
	return S_ISLNK(e->mode) ? symlinkat(e->link, parent, name)
				: stand_in_mknod(parent, name, e->mode & (S_IFMT | 0777), e->rdev);
}

/* A symlink, device, fifo or socket. */
static int add_other(struct rootfs_tree *t, const struct layer_entry *e, struct err *err)
{
	if (S_ISCHR(e->mode) && e->rdev == 0)
		return 0; /* overlayfs takes it for a whiteout, as which it may not come */
	const char *name;
	int parent = tree_parent(t, e->path, &name, err), r;
	if (parent < 0)
		return parent;
	if (make_other(parent, name, e) < 0) {
		if (errno != EEXIST)
			return err_sys(err, errno, "create");
		if ((r = tree_make_room(t, parent, name, err)) < 0)
			return r;
		if (make_other(parent, name, e) < 0)
			return err_sys(err, errno, "create");
	}
	check_name(t, e);
	if ((e->uid || e->gid) && fchownat(parent, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return tree_owner_error(e->uid, e->gid, err);
	if (!S_ISLNK(e->mode) && (e->mode & 07000) && fchmodat(parent, name, e->mode & 07777, 0) < 0)
		return err_sys(err, errno, "set its mode");
	if (e->n_xattrs && (r = set_xattrs(parent, name, e, err)) < 0)
		return r;
	const struct timespec times[2] = {e->mtime, e->mtime};
	if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "set its time");
	return 0;
}

/* In the end there is a directory at parent/name. *out: its record, with the flags of what it took the
 * place of. */
static int make_dir(struct rootfs_tree *t, int parent, const char *name, const struct layer_entry *e,
		    struct tree_dir **out, struct err *err)
{
	size_t len = strlen(e->path);
	if (mkdirat(parent, name, e->mode & 0777) == 0)
		return tree_record_dir(t, e->path, len, 0, out, err);
	struct stat st;
	if (errno != EEXIST || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "create");
	if (S_ISDIR(st.st_mode)) {
		*out = &t->dirs[strset_find_len(&t->paths, e->path, len)];
		(*out)->flags = ((*out)->flags & DIR_HIDES) | DIR_RESTORED;
		return 0;
	}
	/* a whiteout, or a file that a later entry replaces: the lower layers' directory is gone either way */
	int r = tree_make_room(t, parent, name, err);
	if (r < 0)
		return r;
	if (mkdirat(parent, name, e->mode & 0777) < 0)
		return err_sys(err, errno, "create");
	if ((r = tree_set_opaque(t, parent, name, err)) < 0)
		return r;
	return tree_record_dir(t, e->path, len, DIR_HIDES, out, err);
}

static int keep_default_acl(struct rootfs_tree *t, struct tree_dir *d, const struct layer_entry *e, struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		if (strcmp(e->xattrs[i].name, DEFAULT_ACL) != 0)
			continue;
		int r = tree_charge(t, e->xattrs[i].len, err);
		if (r < 0)
			return r;
		free(d->acl);
		d->acl_len = e->xattrs[i].len;
		d->acl = mem_dup(e->xattrs[i].value, d->acl_len);
	}
	return 0;
}

static int add_dir(struct rootfs_tree *t, const struct layer_entry *e, struct err *err)
{
	struct tree_dir *d = &t->dirs[0];
	const char *name = "";
	int parent = t->root, r;
	if (e->path[0]) {
		if ((parent = tree_parent(t, e->path, &name, err)) < 0)
			return parent;
		if ((r = make_dir(t, parent, name, e, &d, err)) < 0)
			return r;
	} else {
		d->flags = DIR_RESTORED;
	}
	d->mode = e->mode & 07777;
	d->uid = e->uid;
	d->gid = e->gid;
	d->mtime = e->mtime;
	if (!e->n_xattrs)
		return 0;
	if ((r = keep_default_acl(t, d, e, err)) < 0)
		return r;
	return set_xattrs(parent, name, e, err);
}

/* .wh.NAME: NAME of the lower layers is gone. What this layer has under that name stays, before or after. */
static int add_whiteout(struct rootfs_tree *t, const struct layer_entry *e, struct err *err)
{
	const char *base;
	int parent = tree_parent(t, e->path, &base, err);
	if (parent < 0)
		return parent;
	const char *name = base + strlen(WHITEOUT);
	CLEANUP_BUF struct buf path = {0};
	buf_append(&path, e->path, (size_t)(base - e->path));
	buf_str(&path, name);
	if (mknodat(parent, name, S_IFCHR, 0) == 0) {
		tree_check_name(&t->check, path.data, NULL, &(struct stat){.st_mode = S_IFCHR});
		return 0;
	}
	struct stat st;
	if (errno != EEXIST || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "create");
	if (!S_ISDIR(st.st_mode))
		return 0;
	t->dirs[strset_find_len(&t->paths, path.data, path.len)].flags |= DIR_HIDES;
	return tree_set_opaque(t, parent, name, err);
}

/* Paths with a ".wh." component: 1 when that was all there is to do. */
static int add_special(struct rootfs_tree *t, const struct layer_entry *e, struct err *err)
{
	const char *rest = e->path, *name;
	size_t len;
	while (path_next(&rest, &name, &len)) {
		if (!has_prefix(name, WHITEOUT))
			continue;
		if (*rest && !has_prefix(name, WHITEOUT_META))
			return err_set(err, ERR_CORRUPT, "a whiteout (.wh.) is no directory");
		if (*rest)
			return 1; /* below a directory of aufs */
		if (strcmp(name, WHITEOUT_OPAQUE) == 0) {
			int dir = tree_parent(t, e->path, &name, err);
			int r = dir < 0 ? dir : tree_set_opaque(t, dir, "", err);
			return r < 0 ? r : 1;
		}
		if (has_prefix(name, WHITEOUT_META))
			return 1;
		const char *hidden = name + strlen(WHITEOUT);
		if (!hidden[0] || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0)
			return err_set(err, ERR_CORRUPT, "a whiteout (.wh.) without a name");
		int r = add_whiteout(t, e, err);
		return r < 0 ? r : 1;
	}
	return 0;
}

static int add(struct rootfs_tree *t, const struct layer_entry *e, struct layer_reader *reader, rootfs_tick *tick,
	       void *ctx, struct err *err)
{
	if (strstr(e->path, WHITEOUT)) {
		int r = add_special(t, e, err);
		if (r)
			return r;
	}
	if (S_ISDIR(e->mode))
		return add_dir(t, e, err);
	if (!e->path[0])
		return err_set(err, ERR_CORRUPT, "the root is no directory");
	if (e->hardlink)
		return tree_add_hardlink(t, e, err);
	if (S_ISREG(e->mode))
		return add_file(t, e, reader, tick, ctx, err);
	return add_other(t, e, err);
}

int rootfs_tree_add(struct rootfs_tree *t, const struct layer_entry *e, struct layer_reader *reader, rootfs_tick *tick,
		    void *ctx, struct err *err)
{
	t->totals.entries++;
	if (e->n_xattrs)
		check_xattrs(t, e);
	int r = add(t, e, reader, tick, ctx, err);
	if (r >= 0 || r == -ERR_CANCELLED)
		return r < 0 ? r : 0;
	return layer_entry_wrap(e->path, strlen(e->path), err);
}
