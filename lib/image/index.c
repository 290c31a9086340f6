#include "image/index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "image/index_private.h"
#include "image/merge.h"
#include "os/fd.h"

static int open_listed(const struct image_index *x, const struct image_node *n, const struct buf *path, struct err *err)
{
	if (!x->open)
		return err_set(err, ERR_UNSUPPORTED, "layer-entry-read", "/%s: its content was not read", path->data);
	CLEANUP_FREE char *absolute = mem_printf("/%s", path->data);
	return x->open(x->open_ctx, n->layer, absolute, err);
}

int image_index_open(const struct image_index *x, uint32_t id, struct err *err)
{
	const struct image_node *n = &x->nodes[id];
	int stop = stop_check(err);
	if (stop < 0)
		return stop;
	CLEANUP_BUF struct buf path = {0};
	image_index_relative(x, id, &path);
	if (!S_ISREG(n->mode))
		return err_set(err, ERR_INVAL, "entry-not-file", "/%s is not a regular file", path.data);
	if (!x->fds)
		return open_listed(x, n, &path, err);
	int fd = image_open_beneath(x->fds[n->layer], path.data, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	return fd < 0 ? err_sys(err, errno, "layer-entry-read", "/%s of layer %u", path.data, n->layer + 1) : fd;
}

bool image_index_text(const struct image_index *x, const char *path, size_t max, struct buf *out)
{
	uint32_t id = image_index_resolve(x, path, true, NULL, NULL);
	if (id == IMAGE_NONE || !S_ISREG(x->nodes[id].mode) || x->nodes[id].size > max)
		return false;
	CLEANUP_FD int fd = image_index_open(x, id, NULL);
	return fd >= 0 && fd_read_all(fd, max, path, out, NULL) == 0;
}

int image_index_keep_xattr(void *ctx, const char *name, const void *value, size_t len, struct err *err)
{
	layer_entry_add_xattr(ctx, name, value, len);
	return 0;
}

static int read_xattrs(const struct image_index *x, uint32_t id, struct layer_entry *e, struct err *err)
{
	const struct image_node *n = &x->nodes[id];
	if (!x->fds)
		return 0;
	if (id == 0) /* an image without layers has a root all the same */
		return x->n_layers ? image_xattrs(x->fds[n->layer], "", image_index_keep_xattr, e, err) : 0;
	CLEANUP_BUF struct buf parent = {0};
	image_index_relative(x, n->parent, &parent);
	CLEANUP_FD int dir = image_open_beneath(x->fds[n->layer], parent.data, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s of layer %u", parent.data, n->layer + 1);
	return image_xattrs(dir, n->name, image_index_keep_xattr, e, err);
}

void image_index_describe(const struct image_index *x, uint32_t id, struct layer_entry *out)
{
	const struct image_node *n = &x->nodes[id];
	CLEANUP_BUF struct buf path = {0};
	image_index_relative(x, id, &path);
	*out = (struct layer_entry){
	    .path = buf_steal(&path),
	    .mode = n->mode,
	    .uid = n->uid,
	    .gid = n->gid,
	    .size = S_ISREG(n->mode) ? n->size : 0,
	    .mtime = {n->mtime_s, n->mtime_ns},
	    .rdev = S_ISCHR(n->mode) || S_ISBLK(n->mode) ? n->rdev : 0,
	    .link = mem_strdup(n->target),
	};
}

int image_index_entry(const struct image_index *x, uint32_t id, struct layer_entry *out, struct err *err)
{
	struct layer_entry e;
	image_index_describe(x, id, &e);
	int r = read_xattrs(x, id, &e, err);
	if (r < 0) {
		err_wrap(err, "/%s", e.path);
		layer_entry_done(&e);
		return r;
	}
	*out = e;
	return 0;
}
