#include "rootfs/index_resolve.h"

#include <string.h>

#include "base/limits.h"
#include "base/path.h"

/* A walk in progress: the path, and the symlink targets that are being followed inside each other. */
struct walk {
	const char *rest[LIMIT_SYMLINKS + 1]; /* what is left of each */
	size_t depth;
};

/* Whether nothing but slashes is left of all of them; *slash: whether there is one. */
static bool is_last(const struct walk *w, bool *slash)
{
	*slash = false;
	for (size_t i = 0; i <= w->depth; i++) {
		size_t n = strspn(w->rest[i], "/");
		if (w->rest[i][n])
			return false;
		*slash |= n > 0;
	}
	return true;
}

/* The next component; false at the end of the whole walk. */
static bool next(struct walk *w, const char **name, size_t *len)
{
	while (!path_next(&w->rest[w->depth], name, len))
		if (w->depth-- == 0)
			return false;
	return true;
}

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
	struct walk w = {.rest = {path}};
	unsigned links = 0;
	bool must_be_dir = false;
	uint32_t at = visited(visit, ctx, 0, false);
	const char *name;
	size_t len;
	while (next(&w, &name, &len)) {
		const struct rootfs_node *dir = rootfs_index_node(x, at);
		if (!S_ISDIR(dir->mode) || len > LIMIT_NAME)
			return ROOTFS_NONE;
		if (len == 1 && name[0] == '.')
			continue;
		if (len == 2 && name[0] == '.' && name[1] == '.') {
			at = visited(visit, ctx, dir->parent, false);
			continue;
		}
		uint32_t child = rootfs_index_child(x, at, name, len);
		if (child == ROOTFS_NONE)
			return ROOTFS_NONE;
		const char *target = rootfs_index_node(x, child)->target;
		bool slash, last = is_last(&w, &slash);
		if (last && slash)
			must_be_dir = true;
		if (!target || (last && !slash && !follow_last)) {
			at = visited(visit, ctx, child, false);
			continue;
		}
		visited(visit, ctx, child, true);
		if (++links > LIMIT_SYMLINKS || !target[0])
			return ROOTFS_NONE;
		if (target[0] == '/')
			at = visited(visit, ctx, 0, false);
		w.rest[++w.depth] = target;
	}
	return must_be_dir && !S_ISDIR(rootfs_index_node(x, at)->mode) ? ROOTFS_NONE : at;
}
