#include "image/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/stop.h"
#include "image/index.h"
#include "image/index_private.h"
#include "image/merge.h"

/* The directory of a node in the layer that the node comes from. */
static int enter(struct image_reader *r, const struct image_node *n, struct err *err)
{
	if (r->fd >= 0 && r->dir == n->parent && r->layer == n->layer)
		return 0;
	image_reader_done(r);
	CLEANUP_BUF struct buf path = {0};
	image_index_relative(r->index, n->parent, &path);
	r->fd = image_open_beneath(r->index->fds[n->layer], path.data, O_PATH | O_DIRECTORY);
	if (r->fd < 0)
		return err_sys(err, errno, "layer-entry-read", "/%s of layer %u", path.data, n->layer + 1);
	r->dir = n->parent;
	r->layer = n->layer;
	return 0;
}

int image_reader_open(struct image_reader *r, uint32_t id, struct err *err)
{
	const struct image_node *n = image_index_node(r->index, id);
	if (!r->index->fds || !S_ISREG(n->mode))
		return image_index_open(r->index, id, err);
	int e = stop_check(err);
	if (e < 0 || (e = enter(r, n, err)) < 0)
		return e;
	int fd = image_open_beneath(r->fd, n->name, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0)
		return fd;
	e = errno;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(r->index, id, &path);
	return err_sys(err, e, "layer-entry-read", "%s of layer %u", path.data, n->layer + 1);
}

static int read_xattrs(struct image_reader *r, uint32_t id, int content, struct layer_entry *e, struct err *err)
{
	const struct image_node *n = image_index_node(r->index, id);
	if (content >= 0)
		return image_xattrs(content, "", image_index_keep_xattr, e, err);
	int failed = enter(r, n, err);
	return failed < 0 ? failed : image_xattrs(r->fd, n->name, image_index_keep_xattr, e, err);
}

int image_reader_entry(struct image_reader *r, uint32_t id, int content, struct layer_entry *out, struct err *err)
{
	if (!r->index->fds || id == 0)
		return image_index_entry(r->index, id, out, err);
	struct layer_entry e;
	image_index_describe(r->index, id, &e);
	int failed = read_xattrs(r, id, content, &e, err);
	if (failed < 0) {
		err_wrap(err, "/%s", e.path);
		layer_entry_done(&e);
		return failed;
	}
	*out = e;
	return 0;
}

void image_reader_done(struct image_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
