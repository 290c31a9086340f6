#include "unpack/tree_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/merge.h"
#include "image/substitute.h"
#include "layer/entry.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "text/path.h"

int unpack_tree_charge(struct unpack_tree *t, size_t bytes, struct err *err)
{
	t->memory += bytes;
	if (atomic_fetch_add(t->all_memory, bytes) + bytes > LIMIT_UNPACK_MEMORY)
		return err_set(err, ERR_LIMIT, "too-many-directories",
			       "the image's directories take more than %u bytes of memory", LIMIT_UNPACK_MEMORY);
	return 0;
}

int unpack_tree_record_dir(struct unpack_tree *t, const char *path, size_t len, unsigned flags,
			   struct unpack_tree_dir **out, struct err *err)
{
	bool added;
	size_t id = strset_add_len(&t->paths, path, len, &added);
	if (added)
		t->dirs = mem_grow(t->dirs, id, &t->dirs_cap, sizeof(*t->dirs));
	else
		free(t->dirs[id].acl);
	t->dirs[id] = (struct unpack_tree_dir){.mode = 0755, .flags = flags};
	*out = &t->dirs[id];
	return added ? unpack_tree_charge(t, len + sizeof(*t->dirs) + sizeof(*t->paths.items) + 32, err) : 0;
}

int unpack_tree_set_opaque(struct unpack_tree *t, int parent, const char *name, struct err *err)
{
	t->opaque = true;
	return image_set_xattr(parent, name, image_substitute_opaque(), "y", 1, err);
}

static int not_a_directory(const char *path, size_t len, const struct stat *st, struct err *err)
{
	CLEANUP_BUF struct buf shown = {0};
	layer_entry_show(path, len, &shown);
	return err_set(err, ERR_CORRUPT, "entry-parent-not-directory",
		       "\"%s\" is a %s in the same layer, not a directory", shown.data,
		       S_ISLNK(st->st_mode) ? "symlink" : "file");
}

static int make_implied(struct unpack_tree *t, int parent, const char *name, const char *path, size_t len,
			bool whiteout, struct err *err)
{
	struct unpack_tree_dir *d;
	unsigned flags = UNPACK_DIR_IMPLIED | UNPACK_DIR_RESTORED | (whiteout ? UNPACK_DIR_HIDES : 0);
	t->check.lost |= whiteout;
	if ((whiteout && unlinkat(parent, name, 0) < 0) || mkdirat(parent, name, 0755) < 0)
		return err_sys(err, errno, "entry-create", "cannot create its parent directory");
	int r = unpack_tree_record_dir(t, path, len, flags, &d, err);
	return r < 0 || !whiteout ? r : unpack_tree_set_opaque(t, parent, name, err);
}

/* Opens the directory name of parent, which is path[0..len). Makes it if it is missing or is a whiteout. */
static int enter(struct unpack_tree *t, int parent, const char *name, const char *path, size_t len, struct err *err)
{
	struct stat st = {0};
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
		return err_sys(err, errno, "layer-entry-read", "cannot look up its parent directory");
	if (!S_ISDIR(st.st_mode)) {
		int r = st.st_mode && !image_is_whiteout(&st)
			    ? not_a_directory(path, len, &st, err)
			    : make_implied(t, parent, name, path, len, st.st_mode, err);
		if (r < 0)
			return r;
	}
	int fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "layer-entry-read", "cannot open its parent directory") : fd;
}

/* Walk down path, making what is missing; the slow way. */
static int enter_all(struct unpack_tree *t, const char *path, size_t len, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strndup(path, len);
	CLEANUP_FD int at = openat(t->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return err_sys(err, errno, "layer-open", "cannot open the layer's root");
	const char *rest = copy, *name;
	size_t n;
	while (path_next(&rest, &name, &n)) {
		char one[LIMIT_NAME + 1];
		if (n > LIMIT_NAME)
			return err_sys(err, ENAMETOOLONG, "layer-entry-read", "its parent directory");
		memcpy(one, name, n);
		one[n] = '\0';
		int next = enter(t, at, one, copy, (size_t)(name - copy) + n, err);
		if (next < 0)
			return next;
		close(at);
		at = next;
	}
	return steal_fd(&at);
}

int unpack_tree_open_dir(struct unpack_tree *t, const char *path, size_t len, struct err *err)
{
	if (t->parent_fd >= 0 && t->parent.len == len && memcmp(t->parent.data, path, len) == 0)
		return t->parent_fd;
	if (t->parent_fd >= 0)
		close(t->parent_fd);
	t->parent.len = 0;
	buf_append(&t->parent, path, len);
	t->parent_fd = image_open_beneath(t->root, t->parent.data, O_PATH | O_DIRECTORY | O_NOFOLLOW);
	if (t->parent_fd >= 0)
		return t->parent_fd;
	if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		return err_sys(err, errno, "layer-entry-read", "cannot open its parent directory");
	int r = enter_all(t, path, len, err);
	if (r >= 0)
		t->parent_fd = r;
	return r;
}

int unpack_tree_parent(struct unpack_tree *t, const char *path, const char **name, struct err *err)
{
	const char *slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	return unpack_tree_open_dir(t, path, slash ? (size_t)(slash - path) : 0, err);
}

int unpack_tree_open_parent(int root, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	CLEANUP_FREE char *dir = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
	return image_open_beneath(root, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

int unpack_tree_make_room(struct unpack_tree *t, int parent, const char *name, struct err *err)
{
	struct stat st;
	t->check.lost = true;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "layer-entry-read", "cannot look up what it replaces");
	image_substitute_stat(parent, name, &st);
	if (S_ISREG(st.st_mode) && st.st_nlink == 1) {
		t->files--;
		t->bytes -= (uint64_t)st.st_size;
	}
	if (!S_ISDIR(st.st_mode))
		return unlinkat(parent, name, 0) < 0 ? err_sys(err, errno, "entry-create", "cannot replace a file") : 0;
	t->removed = true;
	return fd_remove_tree(parent, name, err);
}

int unpack_tree_lookup(const struct unpack_tree *t, const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *dir = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
	CLEANUP_FD int parent = image_open_beneath(t->root, dir, O_PATH | O_DIRECTORY | O_NOFOLLOW);
	return parent >= 0 && fstatat(parent, slash ? slash + 1 : path, st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       !image_is_whiteout(st);
}

int unpack_tree_owner_error(uid_t uid, gid_t gid, struct err *err)
{
	int e = errno;
	if (e == EINVAL && !privilege_is_full())
		return err_set(err, ERR_UNSUPPORTED, "owner-beyond-range",
			       "its owner %u:%u is beyond the ids of this user: give the user a larger range in "
			       "/etc/subuid and /etc/subgid, or run slim as root",
			       uid, gid);
	return err_sys(err, e, "entry-attributes-set", "cannot set its owner");
}

/* Nothing else has touched the tree since the last entry. So a path that was free of symlinks then can be used as a
 * whole: one system call for most directories. */
static int finish_dir(const struct unpack_tree *t, const char *path, const struct unpack_tree_dir *d, struct err *err)
{
	if (t->removed) {
		CLEANUP_FD int fd = image_open_beneath(t->root, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
		if (fd < 0)
			return 0; /* replaced since */
	}
	const char *p = path[0] ? path : ".";
	bool restored = d->flags & UNPACK_DIR_RESTORED;
	if ((d->uid || d->gid || restored) && fchownat(t->root, p, d->uid, d->gid, AT_SYMLINK_NOFOLLOW) < 0) {
		unpack_tree_owner_error(d->uid, d->gid, err);
		return err_wrap(err, "directory /%s", path);
	}
	if (((d->mode & 07000) || restored) && fchmodat(t->root, p, d->mode & 07777, 0) < 0)
		return err_sys(err, errno, "entry-attributes-set", "cannot set the mode of directory /%s", path);
	if (d->acl) {
		CLEANUP_FD int fd = image_open_beneath(t->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		if (fd < 0)
			return err_sys(err, errno, "entry-attributes-set", "directory /%s", path);
		int r = image_store_xattr(fd, "", "system.posix_acl_default", d->acl, d->acl_len, err);
		if (r < 0)
			return err_wrap(err, "/%s", path);
	}
	const struct timespec times[2] = {d->mtime, d->mtime};
	if (utimensat(t->root, p, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "entry-attributes-set", "cannot set the time of directory /%s", path);
	return 0;
}

int unpack_tree_finish_dirs(struct unpack_tree *t, struct err *err)
{
	for (size_t id = 0; id < t->paths.count; id++) {
		const struct unpack_tree_dir *d = &t->dirs[id];
		int r = finish_dir(t, strset_get(&t->paths, id), d, err);
		if (r < 0)
			return r;
		const struct stat st = {
		    .st_mode = S_IFDIR | d->mode, .st_uid = d->uid, .st_gid = d->gid, .st_mtim = d->mtime};
		image_tree_check_name(&t->check, strset_get(&t->paths, id), NULL, &st);
	}
	return 0;
}
