#include "keep/trees/trees.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/build_tools.h"
#include "keep/tree.h"
#include "keep/trees/own_tree.h"

#define MAX_NAMED 1024 /* directories; more are not looked at */
#define USES (TRACE_OPEN | TRACE_EXEC | TRACE_LIST | TRACE_KERNEL)

struct grower {
	struct keep_set *k;
	struct keep_trees *out;
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

/* False: it is too large. */
static bool keep_whole(struct keep_set *k, struct keep_trees *t, uint32_t dir, struct keep_reason why)
{
	enum keep_tree_part part = part_of(k->index, dir);
	uint64_t bytes = weight(k, dir, part);
	if (bytes > t->limits.tree || t->bytes + bytes > t->limits.sum) {
		keep_leave_out(
		    k, dir, (struct keep_limit){.bytes = bytes > t->limits.tree ? t->limits.tree : t->limits.sum}, why);
		return false;
	}
	t->bytes += bytes;
	keep_tree(k, dir, part, why);
	return true;
}

static struct keep_trees_tree *add(struct keep_set *k, struct keep_trees *t, uint32_t tree)
{
	t->items = mem_grow(t->items, t->count, &t->cap, sizeof(*t->items));
	t->items[t->count] = (struct keep_trees_tree){.node = tree, .bytes = weight(k, tree, part_of(k->index, tree))};
	return &t->items[t->count++];
}

/* The depth is bounded as a path's length is. Returns whether the directory stays whole. */
static bool grow(struct grower *g, uint32_t dir)
{
	const struct image_node *n = image_index_node(g->k->index, dir);
	if (keep_whole(g->k, g->out, dir, KEEP_WHY_NOTED(KEEP_RULE, g->user[dir], g->note)))
		return true;
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
	for (uint32_t id = 0; id < image_index_count(x); id++)
		if (listed[id])
			(void)add(g->k, g->out, id);
}

static int by_bytes(const void *a, const void *b)
{
	const struct keep_trees_tree *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
				    : (x->node > y->node) - (x->node < y->node);
}

void keep_trees_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		    struct keep_trees_limits limits, struct keep_trees *out)
{
	size_t n = image_index_count(k->index);
	*out = (struct keep_trees){.limits = limits, .packages = packages};
	struct grower g = {.k = k, .out = out, .user = mem_alloc(n * sizeof(*g.user))};
	for (size_t i = 0; i < n; i++)
		g.user[i] = IMAGE_NONE;
	g.note = keep_note(k, "own-tree");
	find(&g, e);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_bytes);
	for (size_t i = 0; i < out->count; i++) {
		out->items[i].cut = !grow(&g, out->items[i].node);
	}
	free(g.user);
}

static bool is_used_program(const struct keep_set *k, uint32_t id)
{
	const char *dir = image_index_node(k->index, image_index_node(k->index, id)->parent)->name;
	return k->reasons[id].kind == KEEP_TRACE && (strcmp(dir, "bin") == 0 || strcmp(dir, "sbin") == 0);
}

static bool is_for_tools(const struct keep_trees *t, const struct keep_set *k, uint32_t tree)
{
	uint32_t owner = t->packages->count ? t->packages->owner[tree] : PACKAGES_NONE;
	return keep_own_tree_is_for_tools(image_index_node(k->index, tree)->name) ||
	       (owner != PACKAGES_NONE && keep_build_tools_have_package(t->packages->items[owner].name));
}

static struct keep_trees_tree *find_tree(struct keep_trees *t, uint32_t tree)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].node == tree)
			return &t->items[i];
	return NULL;
}

void keep_trees_name(struct keep_set *k, struct keep_trees *t, uint32_t dir, uint32_t by)
{
	uint32_t tree = keep_own_tree_of(k->index, dir);
	if (tree == IMAGE_NONE || (!is_used_program(k, by) && is_for_tools(t, k, tree)))
		return;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_RULE, by, keep_note(k, "named-tree"));
	struct keep_trees_tree *known = find_tree(t, tree);
	if ((known && !known->cut) || t->n_named++ >= MAX_NAMED)
		return;
	if (!known) {
		known = add(k, t, tree);
		known->cut = !keep_whole(k, t, tree, why);
	}
	if (known->cut && dir != tree)
		(void)keep_whole(k, t, dir, why);
}

void keep_trees_done(struct keep_trees *t)
{
	free(t->items);
	*t = (struct keep_trees){0};
}
