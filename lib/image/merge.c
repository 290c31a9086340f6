#include "image/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "os/open_below.h"
#include "text/path.h"

int image_open_beneath(int root, const char *path, int flags)
{
	struct open_how how = {
	    .flags = (uint64_t)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	return open_below(root, path[0] ? path : ".", &how);
}

bool image_is_opaque(int fd)
{
	char value[2];
	return fgetxattr(fd, image_substitute_opaque(), value, sizeof(value)) == 1 && value[0] == 'y';
}

enum found { FOUND, LOWER, HIDDEN };

static bool opaque_dir(int layer, const char *path)
{
	CLEANUP_FD int fd = image_open_beneath(layer, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	return fd >= 0 && image_is_opaque(fd);
}

/* Whether a directory on the way to path[0..len) hides what lower layers have in it. prefix: room for
 * the path. */
static bool opaque_above(int layer, const char *path, size_t len, char *prefix)
{
	const char *rest = path, *name;
	size_t n = 0, at = 0;
	do {
		memcpy(prefix, path, at);
		prefix[at] = '\0';
		if (opaque_dir(layer, prefix))
			return true;
		if (!path_next(&rest, &name, &n))
			return false;
		at = (size_t)(name - path) + n;
	} while (at < len);
	return false;
}

/* Look path up in one layer: it is here, the lower layers have to be asked, or the lower layers are hidden. */
static enum found find_in(int layer, const char *path, char *prefix, struct stat *st)
{
	const char *rest = path, *name;
	size_t len;
	while (path_next(&rest, &name, &len)) {
		size_t n = (size_t)(name - path) + len;
		memcpy(prefix, path, n);
		prefix[n] = '\0';
		if (fstatat(layer, prefix, st, AT_SYMLINK_NOFOLLOW) < 0)
			return opaque_above(layer, path, n, prefix) ? HIDDEN : LOWER;
		if (image_is_whiteout(st))
			return HIDDEN;
		if (!*rest)
			return FOUND;
		if (!S_ISDIR(st->st_mode))
			return HIDDEN;
	}
	return HIDDEN; /* the root has no name to be found by */
}

bool image_is_hidden_above(int layer, const char *path)
{
	CLEANUP_FREE char *prefix = mem_alloc(strlen(path) + 1);
	return opaque_above(layer, path, strlen(path), prefix);
}

ssize_t image_merge_find(const int *fds, size_t count, const char *path, struct stat *st)
{
	CLEANUP_FREE char *prefix = mem_alloc(strlen(path) + 1);
	for (size_t i = count; i-- > 0;) {
		enum found f = find_in(fds[i], path, prefix, st);
		if (f == FOUND)
			return (ssize_t)i;
		if (f == HIDDEN)
			return -1;
	}
	return -1;
}

size_t image_root_layer(const struct image_layers *layers)
{
	for (size_t i = layers->count; i-- > 0;)
		if (!layers->items[i].bare_root)
			return i;
	return 0;
}

int image_root_stat(const struct image_layers *layers, struct stat *out, struct err *err)
{
	struct stat st = {.st_mode = S_IFDIR | 0755};
	size_t i = image_root_layer(layers);
	const struct image_layer *l = layers->count ? &layers->items[i] : NULL;
	if (l && fstat(l->fd, &st) < 0)
		return err_sys(err, errno, "layer-open", "root of layer %zu", i + 1);
	if (l && l->root.st_mode) {
		st.st_mode = S_IFDIR | (l->root.st_mode & 07777);
		st.st_uid = l->root.st_uid;
		st.st_gid = l->root.st_gid;
		st.st_mtim = l->root.st_mtim;
	}
	*out = st;
	return 0;
}

/* A file that is open for reading has them at hand. An O_PATH descriptor does not (EBADF), nor is a name followed. */
static ssize_t count_names(int dir, const char *name, const char *path)
{
	ssize_t n = name[0] ? -1 : flistxattr(dir, NULL, 0);
	if (n >= 0 || (!name[0] && errno != EBADF))
		return n;
	/* only the magic link itself is followed: with a name, the last component is not */
	return name[0] ? llistxattr(path, NULL, 0) : listxattr(path, NULL, 0);
}

/* Under their stored names, without overlayfs' own. */
static int stored_xattrs(int dir, const char *name, image_xattr_each *each, void *ctx, struct err *err)
{
	char path[FD_PROC_PATH];
	if (fd_proc_path(dir, name, path) < 0)
		return err_sys(err, ENAMETOOLONG, "xattr-read", "extended attributes");
	ssize_t n = count_names(dir, name, path);
	if (n == 0 || (n < 0 && errno == ENOTSUP))
		return 0;
	CLEANUP_FREE char *names = n < 0 ? NULL : mem_alloc((size_t)n + 1);
	if (n > 0)
		n = name[0] ? llistxattr(path, names, (size_t)n) : listxattr(path, names, (size_t)n);
	if (n < 0)
		return err_sys(err, errno, "xattr-read", "cannot list the extended attributes");
	CLEANUP_FREE char *value = mem_alloc(LIMIT_XATTR_BYTES);
	const char *overlay = image_substitute_overlay_prefix();
	for (const char *x = names; x < names + n; x += strlen(x) + 1) {
		if (strncmp(x, overlay, strlen(overlay)) == 0)
			continue;
		ssize_t len = name[0] ? lgetxattr(path, x, value, LIMIT_XATTR_BYTES)
				      : getxattr(path, x, value, LIMIT_XATTR_BYTES);
		if (len < 0)
			return err_sys(err, errno, "xattr-read", "extended attribute %s", x);
		int r = each(ctx, x, value, (size_t)len, err);
		if (r < 0)
			return r;
	}
	return 0;
}

struct original {
	image_xattr_each *each;
	void *ctx;
};

static int each_original(void *ctx, const char *name, const void *value, size_t len, struct err *err)
{
	const struct original *o = ctx;
	const char *original = image_substitute_original(name);
	return original ? o->each(o->ctx, original, value, len, err) : 0;
}

int image_xattrs(int dir, const char *name, image_xattr_each *each, void *ctx, struct err *err)
{
	struct original o = {each, ctx};
	return stored_xattrs(dir, name, each_original, &o, err);
}

int image_set_xattr(int dir, const char *name, const char *xattr, const void *value, size_t len, struct err *err)
{
	char path[FD_PROC_PATH];
	if (fd_proc_path(dir, name, path) < 0)
		return err_sys(err, ENAMETOOLONG, "xattr-read", "extended attributes");
	int r = name[0] ? lsetxattr(path, xattr, value, len, 0) : setxattr(path, xattr, value, len, 0);
	return r < 0 ? err_sys(err, errno, "xattr-read", "extended attribute %s", xattr) : 0;
}

int image_store_xattr(int dir, const char *name, const char *xattr, const void *value, size_t len, struct err *err)
{
	char buf[IMAGE_SUBSTITUTE_NAME];
	struct err e = {0};
	const char *stored = image_substitute_xattr(xattr, buf);
	int r = stored ? image_set_xattr(dir, name, stored, value, len, &e) : 0;
	if (r < 0 && stored != buf && (e.sys == ENOTSUP || e.sys == EPERM))
		r = image_set_xattr(dir, name, image_substitute_refused_xattr(xattr, buf), value, len, &e);
	if (r < 0 && err)
		*err = e;
	return r;
}

struct copy {
	int dir;
	const char *name;
};

static int copy_one(void *ctx, const char *name, const void *value, size_t len, struct err *err)
{
	const struct copy *c = ctx;
	return image_set_xattr(c->dir, c->name, name, value, len, err);
}

int image_copy_xattrs(int from, const char *name, int to, const char *to_name, struct err *err)
{
	struct copy c = {to, to_name};
	return stored_xattrs(from, name, copy_one, &c, err);
}
