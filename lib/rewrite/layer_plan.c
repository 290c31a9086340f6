#include "rewrite/layer_plan.h"

#include <stdlib.h>

#include "base/mem.h"
#include "image/file.h"

struct planner {
	const struct keep_set *k;
	const struct packages_edits *edits;
	struct rewrite_plan *plan;
	struct image_files files;
};

/* The kept name of the same file that came before, or IMAGE_NONE: then node is the first. */
static uint32_t first_name(struct planner *p, uint32_t node)
{
	uint32_t first = image_files_first(&p->files, p->k->index, node);
	return first == node ? IMAGE_NONE : first;
}

static void add_item(struct planner *p, uint32_t node)
{
	const struct image_node *n = image_index_node(p->k->index, node);
	struct rewrite_plan *plan = p->plan;
	if (S_ISSOCK(n->mode))
		return;
	if (node == 0 && (n->mode & 07777) == 0755 && n->uid == 0 && n->gid == 0)
		return;
	struct rewrite_item item = {node, IMAGE_NONE};
	if (S_ISREG(n->mode)) {
		const struct packages_edit *edit = packages_edits_find(p->edits, node);
		item.first = edit ? IMAGE_NONE : first_name(p, node);
		if (item.first == IMAGE_NONE) {
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
	const struct image_node *n = image_index_node(p->k->index, node);
	for (uint32_t i = 0; i < n->n_children; i++)
		add_tree(p, n->first_child + i);
}

void rewrite_plan_make(const struct keep_set *k, const struct packages_edits *edits, struct rewrite_plan *out)
{
	*out = (struct rewrite_plan){0};
	struct planner p = {.k = k, .edits = edits, .plan = out};
	add_tree(&p, 0);
	image_files_done(&p.files);
}

void rewrite_plan_done(struct rewrite_plan *p)
{
	free(p->items);
	*p = (struct rewrite_plan){0};
}
