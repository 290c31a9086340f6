#include "unpack/tree_link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/substitute.h"
#include "os/fd.h"
#include "unpack/tree_dir.h"
#include "unpack/tree_split.h"

bool unpack_tree_is_pending(int parent, const char *name)
{
	char path[FD_PROC_PATH];
	return fd_proc_path(parent, name, path) == 0 && lgetxattr(path, image_substitute_pending(), NULL, 0) >= 0;
}

/* Most links are new names: looked for is what is in the way only when there is something. */
static int replace_link(struct unpack_tree *t, int from, const char *from_name, int parent, const char *name,
			const char *path, struct err *err)
{
	if (linkat(from, from_name, parent, name, 0) == 0)
		return 0;
	t->check.lost = true;
	if (errno != EEXIST)
		return unpack_tree_link(t, from, from_name, parent, name, path, err);
	int r = unpack_tree_make_room(t, parent, name, err);
	return r < 0 ? r : unpack_tree_link(t, from, from_name, parent, name, path, err);
}

/* Keep the place of a link to target, which the lower layers have to give. */
static int add_pending(struct unpack_tree *t, const char *path, const char *target, struct err *err)
{
	const char *name;
	int parent = unpack_tree_parent(t, path, &name, err), r;
	t->check.lost = true;
	if (parent < 0)
		return parent;
	struct stat st;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (r = unpack_tree_make_room(t, parent, name, err)) < 0)
		return r;
	CLEANUP_FD int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fsetxattr(fd, image_substitute_pending(), "", 0, 0) < 0)
		return err_sys(err, errno, "hard-link-create", "cannot create a hard link");
	t->files++; /* make_room will count it down again */
	bool added;
	size_t id = strset_add_len(&t->link_names, path, strlen(path), &added);
	if (added) {
		t->link_targets = mem_grow(t->link_targets, id, &t->links_cap, sizeof(*t->link_targets));
		t->link_targets[id] = NULL;
	}
	free(t->link_targets[id]);
	t->link_targets[id] = mem_strdup(target);
	return unpack_tree_charge(t, strlen(path) + strlen(target) + 96, err);
}

int unpack_tree_add_hardlink(struct unpack_tree *t, const struct layer_entry *e, struct err *err)
{
	struct stat st;
	if (!unpack_tree_lookup(t, e->link, &st))
		return add_pending(t, e->path, e->link, err);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_CORRUPT, "hard-link-target-invalid", "a hard link to a directory");
	if (strcmp(e->path, e->link) == 0)
		return 0;
	const char *from_name, *name;
	CLEANUP_FD int from = unpack_tree_open_parent(t->root, e->link, &from_name);
	if (from < 0)
		return err_sys(err, errno, "layer-entry-read", "its target");
	if (t->link_names.count && unpack_tree_is_pending(from, from_name)) {
		size_t id = strset_find(&t->link_names, e->link);
		if (id != STRSET_NONE)
			return add_pending(t, e->path, t->link_targets[id], err);
	}
	int parent = unpack_tree_parent(t, e->path, &name, err);
	image_substitute_stat(from, from_name, &st);
	image_tree_check_name(&t->check, e->path, NULL, &st); /* to a symlink it says nothing of the target */
	t->check.lost |= S_ISLNK(st.st_mode);
	return parent < 0 ? parent : replace_link(t, from, from_name, parent, name, e->path, err);
}
