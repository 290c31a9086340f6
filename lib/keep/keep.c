#include "keep/keep.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"

void keep_set_init(struct keep_set *k, const struct rootfs_index *index, const struct oci_image_config *config,
		   enum keep_level level)
{
	uint32_t n = rootfs_index_count(index);
	*k = (struct keep_set){
	    .index = index,
	    .config = config,
	    .level = level,
	    .reasons = mem_calloc(n, sizeof(*k->reasons)),
	    .queue = mem_calloc(n, sizeof(*k->queue)),
	};
}

void keep_set_done(struct keep_set *k)
{
	free(k->reasons);
	free(k->queue);
	free(k->excluded);
	strset_done(&k->notes);
	strlist_done(&k->remarks);
	*k = (struct keep_set){0};
}

uint32_t keep_note(struct keep_set *k, const char *text)
{
	return (uint32_t)strset_add(&k->notes, text);
}

void keep_node(struct keep_set *k, uint32_t node, struct keep_reason why)
{
	if (k->excluded && k->excluded[node])
		return;
	while (!keep_has(k, node)) {
		k->reasons[node] = why;
		k->queue[k->n_kept++] = node;
		if (node == 0)
			return;
		why = KEEP_WHY(KEEP_PARENT, node);
		node = rootfs_index_node(k->index, node)->parent;
	}
}

/* What one resolution came by. A directory that is entered is kept as the parent of what comes next,
 * unless ".." or an absolute symlink leaves it: then it is kept for itself. */
struct way {
	struct keep_set *k;
	struct keep_reason why;
	uint32_t last; /* visited last */
	bool last_is_link;
	uint32_t links[LIMIT_SYMLINKS + 1]; /* crossed */
	unsigned n_links;
};

static void on_visit(void *ctx, uint32_t id, bool symlink)
{
	struct way *w = ctx;
	if (w->last != ROOTFS_NONE && w->last != id && !w->last_is_link &&
	    rootfs_index_node(w->k->index, id)->parent != w->last)
		keep_node(w->k, w->last, w->why);
	if (symlink) {
		if (w->n_links < sizeof(w->links) / sizeof(w->links[0]))
			w->links[w->n_links++] = id;
		else
			keep_node(w->k, id, w->why);
	}
	w->last = id;
	w->last_is_link = symlink;
}

uint32_t keep_path(struct keep_set *k, const char *path, bool follow, struct keep_reason why)
{
	struct way w = {.k = k, .why = why, .last = ROOTFS_NONE};
	uint32_t end = rootfs_index_resolve(k->index, path, follow, on_visit, &w);
	if (end != ROOTFS_NONE)
		keep_node(k, end, why);
	else if (w.last != ROOTFS_NONE)
		keep_node(k, w.last, why);
	for (unsigned i = 0; i < w.n_links; i++) {
		if (end != ROOTFS_NONE)
			keep_node(k, w.links[i], KEEP_WHY(KEEP_SYMLINK, end));
		else
			keep_node(k, w.links[i], why);
	}
	return end;
}

void keep_trace(struct keep_set *k, const struct trace *t)
{
	CLEANUP_FREE size_t *order = strset_sorted(&t->paths); /* ids come in an order that varies from run to run */
	for (size_t i = 0; i < t->paths.count; i++) {
		const char *path = strset_get(&t->paths, order[i]);
		uint32_t kinds = t->entries[order[i]].kinds, by = (uint32_t)order[i];
		if (kinds & TRACE_NOFOLLOW)
			(void)keep_path(k, path, false,
					KEEP_WHY(KEEP_TRACE, by)); /* absent: the way to it is what matters */
		if ((kinds & TRACE_FOLLOW) || !(kinds & TRACE_NOFOLLOW))
			(void)keep_path(k, path, true, KEEP_WHY(KEEP_TRACE, by));
	}
}
