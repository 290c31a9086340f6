#include "evidence/way.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/path.h"

#define VIRTUAL 3 /* the first so many of evidence_mount_points */

const char *const evidence_mount_points[EVIDENCE_MOUNTS] = {"/proc",         "/dev",      "/sys", "/etc/resolv.conf",
							    "/etc/hostname", "/etc/hosts"};

void evidence_mounts_find(const struct image_index *x, struct evidence_mounts *out)
{
	for (size_t i = 0; i < EVIDENCE_MOUNTS; i++)
		out->nodes[i] = image_index_resolve(x, evidence_mount_points[i], true, NULL, NULL);
}

void evidence_steps_done(struct evidence_steps *s)
{
	free(s->items);
	*s = (struct evidence_steps){0};
}

static void add_step(struct evidence_steps *s, uint32_t node)
{
	s->items = mem_grow(s->items, s->count, &s->cap, sizeof(*s->items));
	s->items[s->count++] = node;
}

struct walk {
	const struct image_index *x;
	const struct evidence_mounts *mounts;
	struct evidence_steps *steps;
	struct evidence_way *way;
	bool last_is_link;
	uint32_t links[LIMIT_SYMLINKS + 1];
};

static uint8_t passes_of(const struct walk *w, uint32_t id)
{
	mode_t mode = image_index_node(w->x, id)->mode;
	uint8_t passes = S_ISDIR(mode) && !(mode & S_IXOTH) ? EVIDENCE_CLOSED : 0;
	for (size_t i = 0; i < EVIDENCE_MOUNTS; i++)
		if (id == w->mounts->nodes[i])
			passes |= EVIDENCE_MOUNTED | (i < VIRTUAL ? EVIDENCE_VIRTUAL : 0);
	return passes;
}

static void on_visit(void *ctx, uint32_t id, bool symlink)
{
	struct walk *w = ctx;
	struct evidence_way *way = w->way;
	if (way->last != IMAGE_NONE && way->last != id && !w->last_is_link &&
	    image_index_node(w->x, id)->parent != way->last) {
		add_step(w->steps, way->last);
		way->n_turns++;
	}
	if (symlink) /* the resolution ends at the one above the limit */
		w->links[way->n_links++] = id;
	if (w->mounts)
		way->passes |= passes_of(w, id);
	way->last = id;
	w->last_is_link = symlink;
}

/* A mount point that the image lacks was made for the run. */
static bool is_named_virtual(const char *path)
{
	for (size_t i = 0; i < VIRTUAL; i++)
		if (path_is_below(path, evidence_mount_points[i]) && !path_has_dotdot(path))
			return true;
	return false;
}

void evidence_way_find(const struct image_index *x, const struct evidence_mounts *mounts, const char *path, bool follow,
		       struct evidence_steps *steps, struct evidence_way *out)
{
	struct walk w = {.x = x, .mounts = mounts, .steps = steps, .way = out};
	*out = (struct evidence_way){.last = IMAGE_NONE, .first = (uint32_t)steps->count};
	out->node = image_index_resolve(x, path, follow, on_visit, &w);
	for (size_t i = 0; i < out->n_links; i++)
		add_step(steps, w.links[i]);
	if (mounts && is_named_virtual(path))
		out->passes |= EVIDENCE_VIRTUAL;
}
