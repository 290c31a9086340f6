#include "pipeline/found.h"

#include "base/path.h"

static const char *const mounted[] = {"/proc", "/sys", "/dev"};
#define N_MOUNTED (sizeof(mounted) / sizeof(mounted[0]))

struct way {
	uint32_t points[N_MOUNTED]; /* nodes of mounted, ROOTFS_NONE where the image has none */
	bool entered;
};

static void on_visit(void *ctx, uint32_t id, bool symlink)
{
	struct way *w = ctx;
	for (size_t i = 0; i < N_MOUNTED; i++)
		w->entered |= id == w->points[i];
}

static uint8_t look(const struct rootfs_index *index, const char *path, bool follow, struct way *w)
{
	w->entered = false;
	uint32_t id = rootfs_index_resolve(index, path, follow, on_visit, w);
	/* a mount point that the image lacks was made for the run */
	for (size_t i = 0; i < N_MOUNTED; i++)
		w->entered |= path_is_below(path, mounted[i]) && !path_has_dotdot(path);
	return w->entered ? TRACE_FOUND_UNKNOWN : id == ROOTFS_NONE ? TRACE_FOUND_NO : TRACE_FOUND_YES;
}

void found_fill(const struct rootfs_index *index, struct trace *t)
{
	struct way w = {0};
	for (size_t i = 0; i < N_MOUNTED; i++)
		w.points[i] = rootfs_index_resolve(index, mounted[i], true, NULL, NULL);
	for (size_t id = 0; id < t->paths.count; id++) {
		struct trace_entry *e = &t->entries[id];
		const char *path = strset_get(&t->paths, id);
		bool named = e->kinds & TRACE_NOFOLLOW;
		uint8_t found = named ? look(index, path, false, &w) : TRACE_FOUND_UNKNOWN;
		if (!named || (e->kinds & TRACE_FOLLOW)) {
			uint8_t other = look(index, path, true, &w);
			found = other > found ? other : found;
		}
		e->found = found;
	}
}
