#include "rootfs/index_resolve.h"

#include <string.h>

#include "base/limits.h"
#include "os/path_walk.h"

static uint32_t visited(rootfs_visit *visit, void *ctx, uint32_t id, bool symlink)
{
	if (visit)
		visit(ctx, id, symlink);
	return id;
}

uint32_t rootfs_index_resolve(const struct rootfs_index *x, const char *path, bool follow_last, rootfs_visit *visit,
			      void *ctx)
{
	if (!path[0] || strlen(path) > LIMIT_PATH)
		return ROOTFS_NONE;
	struct path_walk w;
	path_walk_init(&w, path);
	uint32_t at = visited(visit, ctx, 0, false);
	enum path_walk_step step;
	const char *name;
	size_t len;
	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END) {
		const struct rootfs_node *dir = rootfs_index_node(x, at);
		if (!S_ISDIR(dir->mode) || len > LIMIT_NAME)
			return ROOTFS_NONE;
		if (step == PATH_WALK_UP)
			at = visited(visit, ctx, dir->parent, false);
		if (step != PATH_WALK_NAME)
			continue;
		uint32_t child = rootfs_index_child(x, at, name, len);
		if (child == ROOTFS_NONE)
			return ROOTFS_NONE;
		const char *target = rootfs_index_node(x, child)->target;
		if (!target || (!follow_last && path_walk_is_last(&w))) {
			at = visited(visit, ctx, child, false);
			continue;
		}
		visited(visit, ctx, child, true);
		if (!target[0] || !path_walk_follow(&w, target))
			return ROOTFS_NONE;
		if (target[0] == '/')
			at = visited(visit, ctx, 0, false);
	}
	return w.slash && !S_ISDIR(rootfs_index_node(x, at)->mode) ? ROOTFS_NONE : at;
}
