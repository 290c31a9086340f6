#include "rewrite/layer_plan.h"

#include <stdlib.h>

#include "base/mem.h"

struct planner {
	const struct keep_set *k;
	const struct package_edits *edits;
	struct rewrite_plan *plan;
	struct strset files; /* with several names: layer and inode number */
	uint32_t *firsts;    /* by id of files: the name that carries the content */
	size_t cap;
};

/* The kept name of the same file that came before, or ROOTFS_NONE: then node is the first. */
static uint32_t first_name(struct planner *p, uint32_t node, const struct rootfs_node *n)
{
	if (n->nlink < 2)
		return ROOTFS_NONE;
	const uint64_t key[2] = {n->layer, n->ino};
	bool added;
	size_t id = strset_add_len(&p->files, (const char *)key, sizeof(key), &added);
	if (!added)
		return p->firsts[id];
	p->firsts = mem_grow(p->firsts, id, &p->cap, sizeof(*p->firsts));
	p->firsts[id] = node;
	return ROOTFS_NONE;
}

static void add_item(struct planner *p, uint32_t node)
{
	const struct rootfs_node *n = rootfs_index_node(p->k->index, node);
	struct rewrite_plan *plan = p->plan;
	if (S_ISSOCK(n->mode))
		return;
	if (node == 0 && (n->mode & 07777) == 0755 && n->uid == 0 && n->gid == 0)
		return;
	struct rewrite_item item = {node, ROOTFS_NONE};
	if (S_ISREG(n->mode)) {
		const struct package_edit *edit = package_edits_find(p->edits, node);
		item.first = edit ? ROOTFS_NONE : first_name(p, node, n);
		if (item.first == ROOTFS_NONE) {
			plan->bytes += edit ? edit->content.len : n->size;
			plan->files++;
		}
	}
	plan->items = mem_grow(plan->items, plan->count, &plan->cap, sizeof(*plan->items));
	plan->items[plan->count++] = item;
}

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void add_tree(struct planner *p, uint32_t node)
{
	if (!keep_has(p->k, node))
		return;
	add_item(p, node);
	const struct rootfs_node *n = rootfs_index_node(p->k->index, node);
	for (uint32_t i = 0; i < n->n_children; i++)
		add_tree(p, n->first_child + i);
}

void rewrite_plan_make(const struct keep_set *k, const struct package_edits *edits, struct rewrite_plan *out)
{
	*out = (struct rewrite_plan){0};
	struct planner p = {.k = k, .edits = edits, .plan = out};
	add_tree(&p, 0);
	strset_done(&p.files);
	free(p.firsts);
}

void rewrite_plan_done(struct rewrite_plan *p)
{
	free(p->items);
	*p = (struct rewrite_plan){0};
}
