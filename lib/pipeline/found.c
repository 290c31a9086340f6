#include "pipeline/found.h"

#include "base/path.h"

static const char *const mounted[FOUND_MOUNTED] = {"/proc", "/sys", "/dev"};

struct way {
	const struct found_view *view;
	bool entered;
};

static void on_visit(void *ctx, uint32_t id, bool symlink)
{
	struct way *w = ctx;
	for (size_t i = 0; i < FOUND_MOUNTED; i++)
		w->entered |= id == w->view->mounted[i];
}

void found_view_init(struct found_view *v, const struct rootfs_index *index)
{
	v->index = index;
	for (size_t i = 0; i < FOUND_MOUNTED; i++)
		v->mounted[i] = rootfs_index_resolve(index, mounted[i], true, NULL, NULL);
}

uint8_t found_look(const struct found_view *v, const char *path, bool follow, uint32_t *node)
{
	struct way w = {v, false};
	uint32_t id = rootfs_index_resolve(v->index, path, follow, on_visit, &w);
	if (node)
		*node = id;
	/* a mount point that the image lacks was made for the run */
	for (size_t i = 0; i < FOUND_MOUNTED; i++)
		w.entered |= path_is_below(path, mounted[i]) && !path_has_dotdot(path);
	return w.entered ? TRACE_FOUND_UNKNOWN : id == ROOTFS_NONE ? TRACE_FOUND_NO : TRACE_FOUND_YES;
}

void found_fill(const struct rootfs_index *index, struct trace *t)
{
	struct found_view v;
	found_view_init(&v, index);
	for (size_t id = 0; id < t->paths.count; id++) {
		struct trace_entry *e = &t->entries[id];
		const char *path = strset_get(&t->paths, id);
		bool named = e->kinds & TRACE_NOFOLLOW;
		uint8_t found = named ? found_look(&v, path, false, NULL) : TRACE_FOUND_UNKNOWN;
		if (!named || (e->kinds & TRACE_FOLLOW)) {
			uint8_t other = found_look(&v, path, true, NULL);
			found = other > found ? other : found;
		}
		e->found = found;
	}
}
