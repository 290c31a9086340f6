#include "keep/trees/trees.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keep/tree.h"
#include "keep/trees/own_tree.h"

#define USES (TRACE_OPEN | TRACE_EXEC | TRACE_LIST | TRACE_KERNEL)

struct grower {
	struct keep_set *k;
	struct keep_trees *out;
	struct keep_trees_limits limits;
	uint32_t *user; /* by node: a used file that it holds or is; IMAGE_NONE = none */
	uint32_t note;
};

/* A compiler's tree holds headers and static libraries for those who compile. */
static enum keep_tree_part part_of(const struct image_index *x, uint32_t dir)
{
	return keep_own_tree_is_for_tools(image_index_node(x, keep_own_tree_of(x, dir))->name) ? KEEP_TREE_DATA
											       : KEEP_TREE_OWN;
}

/* The bytes that the tree would add. */
static uint64_t weight(const struct keep_set *k, uint32_t dir, enum keep_tree_part part)
{
	const struct image_node *n = image_index_node(k->index, dir);
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < n->n_children; i++) {
		uint32_t id = n->first_child + i;
		const struct image_node *child = image_index_node(k->index, id);
		if (keep_tree_leaves_out(child, part) || (k->excluded && k->excluded[id]))
			continue;
		if (S_ISDIR(child->mode))
			bytes += weight(k, id, part);
		else if (S_ISREG(child->mode) && !keep_has(k, id))
			bytes += child->size;
	}
	return bytes;
}

/* The depth is bounded as a path's length is. Returns whether the directory stays whole. */
static bool grow(struct grower *g, uint32_t dir)
{
	const struct image_node *n = image_index_node(g->k->index, dir);
	enum keep_tree_part part = part_of(g->k->index, dir);
	uint64_t bytes = weight(g->k, dir, part);
	if (bytes <= g->limits.tree && g->out->bytes + bytes <= g->limits.sum) {
		g->out->bytes += bytes;
		keep_tree(g->k, dir, part, KEEP_WHY_NOTED(KEEP_RULE, g->user[dir], g->note));
		return true;
	}
	for (uint32_t i = 0; i < n->n_children; i++) {
		uint32_t id = n->first_child + i;
		if (g->user[id] != IMAGE_NONE && S_ISDIR(image_index_node(g->k->index, id)->mode))
			(void)grow(g, id);
	}
	return false;
}

/* The node that the run's path leads to if it did one of these to it; else IMAGE_NONE. */
static uint32_t node_of(const struct evidence *e, size_t path, uint32_t kinds)
{
	return e->trace->entries[path].kinds & kinds ? evidence_way(e, path, true)->node : IMAGE_NONE;
}

/* A run that lists /usr/share as well as what is in it (find /) walks, it does not look for its own. */
static bool *find_walked(const struct image_index *x, const struct evidence *e)
{
	bool *walked = mem_calloc(image_index_count(x), sizeof(*walked));
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		uint32_t dir = node_of(e, i, TRACE_LIST);
		if (dir != IMAGE_NONE)
			walked[dir] = true;
	}
	return walked;
}

/* Marks what the runs used of own trees, and lists these. */
static void find(struct grower *g, const struct evidence *e)
{
	const struct image_index *x = g->k->index;
	CLEANUP_FREE bool *listed = mem_calloc(image_index_count(x), sizeof(*listed));
	CLEANUP_FREE bool *walked = find_walked(x, e);
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		uint32_t id = node_of(e, i, USES);
		uint32_t tree = id == IMAGE_NONE ? IMAGE_NONE : keep_own_tree_of(x, id);
		if (tree == IMAGE_NONE)
			continue;
		if (S_ISDIR(image_index_node(x, id)->mode) && walked[image_index_node(x, tree)->parent])
			continue;
		listed[tree] = true;
		for (uint32_t at = id;; at = image_index_node(x, at)->parent) {
			g->user[at] = id < g->user[at] ? id : g->user[at];
			if (at == tree)
				break;
		}
	}
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		if (!listed[id])
			continue;
		g->out->items = mem_grow(g->out->items, g->out->count, &g->out->cap, sizeof(*g->out->items));
		g->out->items[g->out->count++] =
		    (struct keep_trees_tree){.node = id, .bytes = weight(g->k, id, part_of(x, id))};
	}
}

static int by_bytes(const void *a, const void *b)
{
	const struct keep_trees_tree *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
				    : (x->node > y->node) - (x->node < y->node);
}

void keep_trees_add(struct keep_set *k, const struct evidence *e, struct keep_trees_limits limits,
		    struct keep_trees *out)
{
	size_t n = image_index_count(k->index);
	*out = (struct keep_trees){0};
	struct grower g = {.k = k, .out = out, .limits = limits, .user = mem_alloc(n * sizeof(*g.user))};
	for (size_t i = 0; i < n; i++)
		g.user[i] = IMAGE_NONE;
	g.note = keep_note(k, "own-tree");
	find(&g, e);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_bytes);
	for (size_t i = 0; i < out->count; i++) {
		uint32_t node = out->items[i].node;
		uint64_t limit = out->items[i].bytes > limits.tree ? limits.tree : limits.sum;
		out->items[i].cut = !grow(&g, node);
		if (out->items[i].cut)
			keep_leave_out(k, node, (struct keep_limit){.bytes = limit},
				       KEEP_WHY_NOTED(KEEP_RULE, g.user[node], g.note));
	}
	free(g.user);
}

void keep_trees_done(struct keep_trees *t)
{
	free(t->items);
	*t = (struct keep_trees){0};
}
