#include "unpack/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/path.h"
#include "unpack/tree_dir.h"
#include "unpack/tree_file.h"
#include "unpack/tree_link.h"
#include "unpack/tree_split.h"

#define WHITEOUT ".wh."
#define WHITEOUT_META ".wh..wh." /* aufs' own, and the opaque mark */
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define DEFAULT_ACL "system.posix_acl_default"
#define ACCESS_ACL "system.posix_acl_access"

static bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

struct unpack_tree *unpack_tree_new(int root, atomic_size_t *memory)
{
	struct unpack_tree *t = mem_alloc(sizeof(*t));
	t->root = root;
	t->all_memory = memory;
	t->parent_fd = -1;
	struct unpack_tree_dir *d;
	int r = unpack_tree_record_dir(t, "", 0, UNPACK_DIR_IMPLIED | UNPACK_DIR_RESTORED, &d, NULL);
	(void)r; /* when it is too much, so is the next directory */
	return t;
}

/* An access ACL has a part of the mode in it, which may be another one then. */
static void check_xattrs(struct unpack_tree *t, const struct layer_entry *e)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (strcmp(e->xattrs[i].name, ACCESS_ACL) == 0)
			t->check.lost = true;
}

/* In the end there is a directory at parent/name. *out: its record, with the flags of what it took the
 * place of. */
static int make_dir(struct unpack_tree *t, int parent, const char *name, const struct layer_entry *e,
		    struct unpack_tree_dir **out, struct err *err)
{
	size_t len = strlen(e->path);
	if (mkdirat(parent, name, e->mode & 0777) == 0)
		return unpack_tree_record_dir(t, e->path, len, 0, out, err);
	struct stat st;
	if (errno != EEXIST || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "entry-create", "cannot create");
	if (S_ISDIR(st.st_mode)) {
		*out = &t->dirs[strset_find_len(&t->paths, e->path, len)];
		(*out)->flags = ((*out)->flags & UNPACK_DIR_HIDES) | UNPACK_DIR_RESTORED;
		return 0;
	}
	/* a whiteout, or a file that a later entry replaces: the lower layers' directory is gone either way */
	int r = unpack_tree_make_room(t, parent, name, err);
	if (r < 0)
		return r;
	if (mkdirat(parent, name, e->mode & 0777) < 0)
		return err_sys(err, errno, "entry-create", "cannot create");
	if ((r = unpack_tree_set_opaque(t, parent, name, err)) < 0)
		return r;
	return unpack_tree_record_dir(t, e->path, len, UNPACK_DIR_HIDES, out, err);
}

static int keep_default_acl(struct unpack_tree *t, struct unpack_tree_dir *d, const struct layer_entry *e,
			    struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		if (strcmp(e->xattrs[i].name, DEFAULT_ACL) != 0)
			continue;
		int r = unpack_tree_charge(t, e->xattrs[i].len, err);
		if (r < 0)
			return r;
		free(d->acl);
		d->acl_len = e->xattrs[i].len;
		d->acl = mem_dup(e->xattrs[i].value, d->acl_len);
	}
	return 0;
}

static int add_dir(struct unpack_tree *t, const struct layer_entry *e, struct err *err)
{
	struct unpack_tree_dir *d = &t->dirs[0];
	const char *name = "";
	int parent = t->root, r;
	if (e->path[0]) {
		if ((parent = unpack_tree_parent(t, e->path, &name, err)) < 0)
			return parent;
		if ((r = make_dir(t, parent, name, e, &d, err)) < 0)
			return r;
	} else {
		d->flags = UNPACK_DIR_RESTORED;
	}
	d->mode = e->mode & 07777;
	d->uid = e->uid;
	d->gid = e->gid;
	d->mtime = e->mtime;
	if (!e->n_xattrs)
		return 0;
	if ((r = keep_default_acl(t, d, e, err)) < 0)
		return r;
	return unpack_tree_set_xattrs(parent, name, e, err);
}

/* .wh.NAME: hides NAME of the lower layers. An entry of this layer under that name stays, before or after. */
static int add_whiteout(struct unpack_tree *t, const struct layer_entry *e, struct err *err)
{
	const char *base;
	int parent = unpack_tree_parent(t, e->path, &base, err);
	if (parent < 0)
		return parent;
	const char *name = base + strlen(WHITEOUT);
	CLEANUP_BUF struct buf path = {0};
	buf_append(&path, e->path, (size_t)(base - e->path));
	buf_str(&path, name);
	if (mknodat(parent, name, S_IFCHR, 0) == 0) {
		image_tree_check_name(&t->check, path.data, NULL, &(struct stat){.st_mode = S_IFCHR});
		return 0;
	}
	struct stat st;
	struct statfs fs;
	if (errno == EPERM && fstatfs(parent, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return err_set(err, ERR_UNSUPPORTED, "deletion-on-overlay",
			       "the layer deletes a file, which the store cannot record on an overlay such as a "
			       "container's file system; put the store on a volume with --store DIR");
	if (errno != EEXIST || fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "entry-create", "cannot create");
	if (!S_ISDIR(st.st_mode))
		return 0;
	t->dirs[strset_find_len(&t->paths, path.data, path.len)].flags |= UNPACK_DIR_HIDES;
	return unpack_tree_set_opaque(t, parent, name, err);
}

/* Paths with a ".wh." component: 1 when that was all there is to do. */
static int add_special(struct unpack_tree *t, const struct layer_entry *e, struct err *err)
{
	const char *rest = e->path, *name;
	size_t len;
	while (path_next(&rest, &name, &len)) {
		if (!has_prefix(name, WHITEOUT))
			continue;
		if (*rest && !has_prefix(name, WHITEOUT_META))
			return err_set(err, ERR_CORRUPT, "whiteout-malformed",
				       "a whiteout (.wh.) cannot be a directory");
		if (*rest)
			return 1; /* below a directory of aufs */
		if (strcmp(name, WHITEOUT_OPAQUE) == 0) {
			int dir = unpack_tree_parent(t, e->path, &name, err);
			int r = dir < 0 ? dir : unpack_tree_set_opaque(t, dir, "", err);
			return r < 0 ? r : 1;
		}
		if (has_prefix(name, WHITEOUT_META))
			return 1;
		const char *hidden = name + strlen(WHITEOUT);
		if (!hidden[0] || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0)
			return err_set(err, ERR_CORRUPT, "whiteout-malformed", "a whiteout (.wh.) without a name");
		int r = add_whiteout(t, e, err);
		return r < 0 ? r : 1;
	}
	return 0;
}

static int add(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader, unpack_tree_tick *tick,
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
		return err_set(err, ERR_CORRUPT, "entry-root-not-directory", "the root is not a directory");
	if (e->hardlink)
		return unpack_tree_add_hardlink(t, e, err);
	if (S_ISREG(e->mode))
		return unpack_tree_add_file(t, e, reader, tick, ctx, err);
	return unpack_tree_add_other(t, e, err);
}

int unpack_tree_add(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader,
		    unpack_tree_tick *tick, void *ctx, struct err *err)
{
	t->entries++;
	if (e->n_xattrs)
		check_xattrs(t, e);
	int r = add(t, e, reader, tick, ctx, err);
	if (r >= 0 || r == -ERR_CANCELLED)
		return r < 0 ? r : 0;
	return layer_entry_wrap(e->path, strlen(e->path), err);
}

int unpack_tree_finish(struct unpack_tree *t, struct unpack_totals *out, struct err *err)
{
	int r = unpack_tree_finish_dirs(t, err);
	if (r < 0)
		return r;
	*out = (struct unpack_totals){
	    .bytes = t->bytes,
	    .files = t->files,
	    .entries = t->entries,
	    .bare_root = t->dirs[0].flags & UNPACK_DIR_IMPLIED,
	};
	image_tree_check_text(&t->check, out->check);
	return 0;
}

void unpack_tree_free(struct unpack_tree *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->paths.count; i++)
		free(t->dirs[i].acl);
	for (size_t i = 0; i < t->link_names.count; i++)
		free(t->link_targets[i]);
	if (t->parent_fd >= 0)
		close(t->parent_fd);
	buf_done(&t->parent);
	strset_done(&t->paths);
	strset_done(&t->link_names);
	unpack_tree_splits_done(t);
	free(t->dirs);
	free(t->link_targets);
	atomic_fetch_sub(t->all_memory, t->memory);
	free(t);
}
