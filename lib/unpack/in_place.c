#include "unpack/in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "image/substitute.h"
#include "layer/entry.h"
#include "os/fd.h"
#include "os/walk.h"
#include "unpack/holes.h"

#define XATTR_NAMES (64u << 10) /* of one file; XATTR_LIST_MAX of Linux */

struct counting {
	struct image_layer *layer;
	const struct progress *progress;
	struct idmap seen; /* files with several names: device and inode number */
	char *names;       /* of xattrs */
	const struct store *store;
	uint64_t *holes; /* bytes, in all layers so far */
};

/* The directory of path within a mount that nobody else has: without what is mounted below it, as overlayfs takes it
 * too. */
static int open_clone(const char *path)
{
	struct mount_attr attr = {
	    .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID,
	    .attr_clr = MOUNT_ATTR__ATIME,
	};
	CLEANUP_FD int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -1;
	return openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_layer(const char *path, struct err *err)
{
	int fd = open_clone(path);
	if (fd >= 0)
		return fd;
	log_debug("%s: no read-only mount of it (%s), it is read as it is", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "file-open", "%s", path) : fd;
}

/* A directory that was renamed over a lower layer is told by its xattr only, and its content lies elsewhere. Our mount
 * would not look there, and whoever made it may have used other rules than ours in other respects too. */
static int check_marks(const struct counting *c, const char *proc, const char *path, struct err *err)
{
	ssize_t n = listxattr(proc, c->names, XATTR_NAMES);
	if (n < 0)
		return errno == ENOTSUP ? 0 : err_sys(err, errno, "xattr-read", "extended attributes of /%s", path);
	const char *prefix = image_substitute_overlay_prefix();
	char value[2];
	for (const char *x = c->names; x < c->names + n; x += strlen(x) + 1) {
		if (strncmp(x, prefix, strlen(prefix)) != 0)
			continue;
		const char *mark = x + strlen(prefix);
		bool opaque = strcmp(mark, "opaque") == 0;
		if (opaque && getxattr(proc, x, value, sizeof(value)) == 1 && value[0] == 'y')
			continue;
		if (opaque || strcmp(mark, "redirect") == 0 || strcmp(mark, "metacopy") == 0)
			return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited",
				       "/%s has the attribute %s, so slim cannot use the layer in place", path, x);
	}
	return 0;
}

static int count_file(struct counting *c, const struct walk_entry *e, struct err *err)
{
	if (e->st.st_nlink > 1 && !idmap_add(&c->seen, e->st.st_dev, e->st.st_ino))
		return 0;
	c->layer->files++;
	c->layer->bytes += (uint64_t)e->st.st_size;
	*c->holes += unpack_file_holes(e);
	int r = unpack_check_holes(c->store, *c->holes, err);
	return r < 0 ? layer_entry_wrap(e->path, strlen(e->path), err) : 0;
}

static int count_entry(void *ctx, const struct walk_entry *e, struct err *err)
{
	struct counting *c = ctx;
	char proc[FD_PROC_PATH];
	c->layer->entries++;
	if (S_ISREG(e->st.st_mode))
		return count_file(c, e, err);
	if (!S_ISDIR(e->st.st_mode))
		return 0;
	int r = progress_check(c->progress, err);
	if (r == 0 && (r = fd_proc_path(e->dir, e->name, proc)) < 0)
		r = err_sys(err, -r, "file-open", "/%s", e->path);
	return r < 0 ? r : check_marks(c, proc, e->path, err);
}

static int count(struct image_layer *l, const struct store *store, uint64_t *holes, const struct progress *progress,
		 struct err *err)
{
	struct counting c = {
	    .layer = l, .progress = progress, .names = mem_alloc(XATTR_NAMES), .store = store, .holes = holes};
	char proc[FD_PROC_PATH];
	int r = fd_proc_path(l->fd, "", proc);
	if (r == 0)
		r = check_marks(&c, proc, "", err);
	if (r == 0)
		r = walk_tree(l->fd, count_entry, &c, err);
	idmap_done(&c.seen);
	free(c.names);
	return r;
}

static int take(const struct layer_unpacked *u, const struct oci_digest *diff_id, const struct store *store,
		uint64_t *holes, const struct progress *progress, struct image_layer *l, struct err *err)
{
	*l = (struct image_layer){
	    .diff_id = *diff_id,
	    .in_place = true,
	    .bare_root = u->bare_root,
	    .whole_seconds = u->whole_seconds,
	    .root = u->root,
	    .tar_size = u->tar_size,
	};
	l->fd = open_layer(u->path, err);
	if (l->fd < 0)
		return l->fd;
	l->path = mem_strdup(u->path);
	int r = count(l, store, holes, progress, err);
	if (r == 0 && u->entries && l->entries != u->entries)
		r = err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", "it has %llu entries, but its tar has %llu",
			    (unsigned long long)l->entries, (unsigned long long)u->entries);
	return r < 0 ? err_wrap(err, "%s", u->path) : 0;
}

int unpack_in_place(const struct store *store, const struct unpack_blob_source *source, const struct progress *progress,
		    struct image_layers *out, struct err *err)
{
	uint64_t holes = 0;
	size_t n = source->n_unpacked;
	if (n != source->config->n_layers)
		return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited",
			       "%zu layers are unpacked, but the config has %zu", n, source->config->n_layers);
	CLEANUP_IMAGE_LAYERS struct image_layers layers = {.items = mem_calloc(n, sizeof(*layers.items)), .count = n};
	for (size_t i = 0; i < n; i++) {
		int r = take(&source->unpacked[i], &source->config->diff_ids[i], store, &holes, progress,
			     &layers.items[i], err);
		if (r < 0)
			return err_wrap(err, "layer %zu of %zu", i + 1, n);
	}
	*out = layers;
	layers = (struct image_layers){0};
	return 0;
}
