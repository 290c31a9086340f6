#include "unpack/tree_settle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/merge.h"
#include "os/fd.h"
#include "unpack/tree_dir.h"
#include "unpack/tree_link.h"
#include "unpack/tree_split.h"

bool unpack_tree_needs_parents(const struct unpack_tree *t)
{
	if (t->link_names.count)
		return true;
	for (size_t i = 1; i < t->paths.count; i++)
		if ((t->dirs[i].flags & (UNPACK_DIR_IMPLIED | UNPACK_DIR_HIDES)) == UNPACK_DIR_IMPLIED)
			return true;
	return false;
}

struct lower {
	int *fds; /* the lower layers, and this one on top of them */
	size_t count;
	struct strset copied; /* what was copied up already */
	char **places;        /* and where to */
	size_t places_cap;
};

/* Copy target up from lower layer number layer. It goes under its own name if the merged view shows it there.
 * Otherwise (a whiteout, an opaque directory, a later file) it becomes the link itself. *place: where it went. */
static int copy_target(struct unpack_tree *t, struct lower *l, const char *target, const char *link, ssize_t layer,
		       const struct stat *st, const char **place, struct err *err)
{
	struct stat now;
	ssize_t shown = image_merge_find(l->fds, l->count + 1, target, &now);
	*place = shown >= 0 && (size_t)shown < l->count ? target : link;
	const char *name, *to_name;
	CLEANUP_FD int from = unpack_tree_open_parent(l->fds[layer], target, &name);
	if (from < 0)
		return err_sys(err, errno, "layer-entry-read", "the target %s", target);
	int to = unpack_tree_parent(t, *place, &to_name, err);
	if (to < 0)
		return to;
	if (*place == link && unlinkat(to, to_name, 0) < 0)
		return err_sys(err, errno, "entry-create", "cannot replace a file");
	int r = unpack_tree_copy(from, name, to, to_name, st, err);
	if (r == 0 && S_ISREG(st->st_mode)) {
		t->files++;
		t->bytes += (uint64_t)st->st_size;
	}
	return r;
}

static void remember(struct lower *l, const char *target, const char *place)
{
	size_t id = strset_add(&l->copied, target);
	l->places = mem_grow(l->places, id, &l->places_cap, sizeof(*l->places));
	l->places[id] = mem_strdup(place);
}

static bool in_layer(const struct unpack_tree *t, const char *path, struct stat *st)
{
	const char *name;
	CLEANUP_FD int parent = unpack_tree_open_parent(t->root, path, &name);
	return unpack_tree_lookup(t, path, st) && !unpack_tree_is_pending(parent, name);
}

static int settle_link(struct unpack_tree *t, struct lower *l, const char *link, const char *target, struct err *err)
{
	const char *name, *from_name, *place = target;
	CLEANUP_FD int parent = unpack_tree_open_parent(t->root, link, &name);
	if (parent < 0 || !unpack_tree_is_pending(parent, name))
		return 0; /* a later entry replaced it */
	t->files--;
	size_t id = strset_find(&l->copied, target);
	if (id != STRSET_NONE) {
		place = l->places[id];
	} else {
		struct stat st;
		ssize_t layer = image_merge_find(l->fds, l->count, target, &st);
		if (layer < 0 && !in_layer(t, target, &st))
			return err_set(err, ERR_CORRUPT, "hard-link-target-missing",
				       "the hard link's target is not in any layer");
		if (S_ISDIR(st.st_mode))
			return err_set(err, ERR_CORRUPT, "hard-link-target-invalid", "a hard link to a directory");
		int r = layer < 0 ? 0 : copy_target(t, l, target, link, layer, &st, &place, err);
		if (r < 0)
			return r;
		remember(l, target, place);
		if (place == link)
			return 0;
	}
	CLEANUP_FD int from = unpack_tree_open_parent(t->root, place, &from_name);
	if (from < 0 || unlinkat(parent, name, 0) < 0)
		return err_sys(err, errno, "hard-link-create", "cannot create a hard link");
	return unpack_tree_link(t, from, from_name, parent, name, link, err);
}

/* A directory without an entry gets the attributes that it has in the lower layers, if they have it. */
static int settle_dir(struct unpack_tree *t, const struct lower *l, size_t id, struct err *err)
{
	const char *path = strset_get(&t->paths, id), *name, *to_name;
	struct stat st, own;
	if (!unpack_tree_lookup(t, path, &own) || !S_ISDIR(own.st_mode))
		return 0;
	if (t->opaque && image_is_hidden_above(t->root, path))
		return 0;
	ssize_t layer = image_merge_find(l->fds, l->count, path, &st);
	if (layer < 0 || !S_ISDIR(st.st_mode))
		return 0;
	struct unpack_tree_dir *d = &t->dirs[id];
	d->mode = st.st_mode & 07777;
	d->uid = st.st_uid;
	d->gid = st.st_gid;
	d->mtime = st.st_mtim;
	CLEANUP_FD int from = unpack_tree_open_parent(l->fds[layer], path, &name);
	CLEANUP_FD int to = unpack_tree_open_parent(t->root, path, &to_name);
	if (from < 0 || to < 0)
		return err_sys(err, errno, "layer-entry-read", "directory of a lower layer");
	return image_copy_xattrs(from, name, to, to_name, err);
}

static int wrap(const struct strset *paths, size_t id, struct err *err)
{
	return layer_entry_wrap(paths->items[id].s, paths->items[id].len, err);
}

int unpack_tree_settle(struct unpack_tree *t, const int *lower, size_t count, struct err *err)
{
	struct lower l = {.count = count, .fds = mem_calloc(count + 1, sizeof(int))};
	for (size_t i = 0; i < count; i++)
		l.fds[i] = lower[i];
	l.fds[count] = t->root;
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->link_names.count; i++) {
		r = settle_link(t, &l, strset_get(&t->link_names, i), t->link_targets[i], err);
		if (r < 0)
			r = wrap(&t->link_names, i, err);
	}
	/* links first: their targets may have brought more directories */
	for (size_t i = 1; r == 0 && i < t->paths.count; i++) {
		if ((t->dirs[i].flags & (UNPACK_DIR_IMPLIED | UNPACK_DIR_HIDES)) != UNPACK_DIR_IMPLIED)
			continue;
		r = settle_dir(t, &l, i, err);
		if (r < 0)
			r = wrap(&t->paths, i, err);
	}
	for (size_t i = 0; i < l.copied.count; i++)
		free(l.places[i]);
	free(l.places);
	strset_done(&l.copied);
	free(l.fds);
	return r;
}
