#include "image/index_resolve.h"

#include <string.h>

#include "base/limits.h"
#include "os/path_walk.h"

static uint32_t visited(image_visit *visit, void *ctx, uint32_t id, bool symlink)
{
	if (visit)
		visit(ctx, id, symlink);
	return id;
}

uint32_t image_index_resolve(const struct image_index *x, const char *path, bool follow_last, image_visit *visit,
			     void *ctx)
{
	if (!path[0] || strlen(path) > LIMIT_PATH)
		return IMAGE_NONE;
	struct path_walk w;
	path_walk_init(&w, path);
	uint32_t at = visited(visit, ctx, 0, false);
	enum path_walk_step step;
	const char *name;
	size_t len;
	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END) {
		const struct image_node *dir = image_index_node(x, at);
		if (!S_ISDIR(dir->mode) || len > LIMIT_NAME)
			return IMAGE_NONE;
		if (step == PATH_WALK_UP)
			at = visited(visit, ctx, dir->parent, false);
		if (step != PATH_WALK_NAME)
			continue;
		uint32_t child = image_index_child(x, at, name, len);
		if (child == IMAGE_NONE)
			return IMAGE_NONE;
		const char *target = image_index_node(x, child)->target;
		if (!target || (!follow_last && path_walk_is_last(&w))) {
			at = visited(visit, ctx, child, false);
			continue;
		}
		visited(visit, ctx, child, true);
		if (!target[0] || !path_walk_follow(&w, target))
			return IMAGE_NONE;
		if (target[0] == '/')
			at = visited(visit, ctx, 0, false);
	}
	return w.slash && !S_ISDIR(image_index_node(x, at)->mode) ? IMAGE_NONE : at;
}
