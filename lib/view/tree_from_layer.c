#include "view/tree_from_layer.h"

#include <string.h>

static uint32_t copy_text(struct strset *to, const struct strset *from, uint32_t id)
{
	return id == VIEW_NONE ? VIEW_NONE : (uint32_t)strset_add(to, strset_get(from, id));
}

void view_tree_from_layer(const struct view_tree *whole, size_t layer, struct view_tree *out)
{
	*out = (struct view_tree){0};
	for (size_t i = 0; i < whole->count; i++) {
		const struct view_node *n = &whole->nodes[i];
		if (n->layer != layer || n->layer == UINT16_MAX)
			continue;
		struct view_node *copy = view_tree_add(out, n->path, strlen(n->path));
		copy->kind = n->kind;
		copy->state = n->state;
		copy->bytes_before = n->bytes_before;
		copy->bytes_after = n->bytes_after;
		copy->package = copy_text(&out->packages, &whole->packages, n->package);
		copy->why = copy_text(&out->reasons, &whole->reasons, n->why);
		copy->layer = n->layer;
		copy->step = n->step;
	}
	view_tree_finish(out);
}
