#include "keep/application/application.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/application/leftovers.h"
#include "keep/application/runtime_tree.h"
#include "keep/application/used.h"

#define LIMIT_MIN (32ull << 20)
#define LIMIT_SHARE 10 /* one part in so many of the image */
#define NO_LAYER UINT32_MAX
#define NO_TREE UINT32_MAX
#define TREE_DEPTH 2 /* components of the directories that are told of and dropped as one */
#define NOTE_TEXT 60

struct finder {
	struct keep_set *k;
	const struct image_index *x;
	const struct packages *packages;
	struct keep_application *out;
	uint32_t n_layers;
	struct keep_used used;
	bool *installs;  /* by layer: it changed a package database */
	uint32_t *notes; /* by layer */
	uint32_t *found; /* the application's nodes */
	size_t n_found, cap;
	uint32_t *tree;    /* by found: number in out->trees */
	uint32_t *tree_of; /* by node: the same, of the directories that stand for one; NO_TREE */
};

/* The position of the walk. */
struct place {
	bool system, content;   /* keep_leftover_is_system, keep_leftover_is_content of one above */
	uint32_t runtime_layer; /* of a shared runtime prefix above: what came with it */
	unsigned depth;
	uint32_t top; /* the directory that stands for it in the list of trees */
};

/* ---- what is known before the walk ---- */

static void note_layers(struct finder *f)
{
	f->notes = mem_calloc(f->n_layers, sizeof(*f->notes));
	for (uint32_t layer = 0; layer < f->n_layers; layer++) {
		const char *by = f->k->config ? oci_image_config_created_by(f->k->config, layer) : "";
		CLEANUP_BUF struct buf text = {0};
		buf_printf(&text, "layer %u%s%.*s", layer + 1, *by ? ": " : "", NOTE_TEXT, by);
		f->notes[layer] = keep_note(f->k, text.data);
	}
}

static void learn(struct finder *f)
{
	uint32_t n = image_index_count(f->x);
	for (uint32_t id = 0; id < n; id++) {
		uint32_t layer = image_index_node(f->x, id)->layer;
		f->n_layers = layer >= f->n_layers ? layer + 1 : f->n_layers;
	}
	f->installs = mem_calloc(f->n_layers, sizeof(*f->installs));
	f->tree_of = mem_calloc(n, sizeof(*f->tree_of));
	memset(f->tree_of, 0xff, n * sizeof(*f->tree_of)); /* NO_TREE */
	for (uint32_t id = 0; id < n; id++) {
		const struct image_node *node = image_index_node(f->x, id);
		if (S_ISREG(node->mode) && f->packages->database[id])
			f->installs[node->layer] = true;
	}
	keep_used_init(&f->used, f->k);
	note_layers(f);
}

/* ---- the walk ---- */

static void add(struct finder *f, uint32_t id, const struct place *p)
{
	struct keep_application *a = f->out;
	uint32_t *t = &f->tree_of[p->top];
	if (*t == NO_TREE) {
		a->trees = mem_grow(a->trees, a->n_trees, &a->cap, sizeof(*a->trees));
		*t = (uint32_t)a->n_trees;
		a->trees[a->n_trees++] = (struct keep_application_tree){.node = p->top};
	}
	size_t cap = f->cap;
	f->found = mem_grow(f->found, f->n_found, &f->cap, sizeof(*f->found));
	f->tree = f->cap == cap ? f->tree : mem_realloc(f->tree, f->cap, sizeof(*f->tree));
	f->found[f->n_found] = id;
	f->tree[f->n_found++] = *t;
	const struct image_node *n = image_index_node(f->x, id);
	if (S_ISREG(n->mode) && !keep_has(f->k, id)) {
		a->trees[*t].bytes += n->size;
		a->trees[*t].files++;
	}
}

/* Whether a symlink leads to what the walk leaves out by its name: a command of a language's package. */
static bool leads_to_package(const struct finder *f, uint32_t link)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(f->x, link, &path);
	uint32_t at = image_index_resolve(f->x, path.data, true, NULL, NULL);
	for (; at != IMAGE_NONE && at; at = image_index_node(f->x, at)->parent)
		if (S_ISDIR(image_index_node(f->x, at)->mode) &&
		    keep_leftover_directory(f->x, at) == KEEP_LEFTOVER_PACKAGES)
			return true;
	return false;
}

static bool is_leftover_source(const struct finder *f, const struct image_node *n, const struct place *p)
{
	return !p->content && keep_used_lacks_source(&f->used, n->name) && !keep_leftover_lacks_product(f->k->index, n);
}

static bool is_authors(const struct finder *f, uint32_t id, const struct image_node *n, const struct place *p)
{
	if (n->layer == p->runtime_layer)
		return false;
	bool base = n->layer == 0 && f->packages->has_database;
	if (base || f->installs[n->layer]) /* in one layer with the distribution's: only where authors put theirs */
		return !p->system && f->packages->owner[id] == PACKAGES_NONE && !(base && f->n_layers > 1);
	return true;
}

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void walk(struct finder *f, uint32_t dir, struct place p)
{
	const struct image_node *d = image_index_node(f->x, dir);
	CLEANUP_BUF struct buf path = {0};
	image_index_path(f->x, dir, &path);
	if (keep_leftover_place(path.data))
		return;
	enum keep_leftover left = p.content ? KEEP_LEFTOVER_NONE : keep_leftover_directory(f->x, dir);
	if (left == KEEP_LEFTOVER_ALWAYS || left == KEEP_LEFTOVER_PACKAGES ||
	    (left == KEEP_LEFTOVER_UNUSED && !f->used.below[dir]))
		return;
	uint32_t layer;
	enum keep_runtime_tree_kind runtime = keep_runtime_tree_at(f->x, dir, &layer);
	if (runtime == KEEP_RUNTIME_TREE_WHOLE)
		return;
	if (runtime == KEEP_RUNTIME_TREE_SHARED)
		p.runtime_layer = layer;
	p.system = keep_leftover_is_system(path.data);
	p.content |= keep_leftover_is_content(d->name);
	if (p.depth++ <= TREE_DEPTH) /* the root is at 0 */
		p.top = dir;
	if (dir && !d->n_children && is_authors(f, dir, d, &p)) /* another one comes with what is in it */
		add(f, dir, &p);
	for (uint32_t i = 0; i < d->n_children; i++) {
		uint32_t id = d->first_child + i;
		const struct image_node *n = image_index_node(f->x, id);
		if (S_ISDIR(n->mode))
			walk(f, id, p);
		else if (is_authors(f, id, n, &p) && !is_leftover_source(f, n, &p) &&
			 !(S_ISLNK(n->mode) && leads_to_package(f, id)))
			add(f, id, &p);
	}
}

/* ---- the limit ---- */

static int by_bytes(const void *a, const void *b)
{
	const struct keep_application_tree *x = a, *y = b;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

/* The biggest trees that no run used anything of go first, then the biggest. */
static void drop(struct finder *f)
{
	struct keep_application *a = f->out;
	uint64_t image = 0, sum = 0;
	for (uint32_t id = 0; id < image_index_count(f->x); id++)
		if (S_ISREG(image_index_node(f->x, id)->mode))
			image += image_index_node(f->x, id)->size;
	a->limit = image / LIMIT_SHARE > LIMIT_MIN ? image / LIMIT_SHARE : LIMIT_MIN;
	for (size_t i = 0; i < a->n_trees; i++)
		sum += a->trees[i].bytes;
	for (int used = 0; used < 2; used++)
		while (sum > a->limit) {
			struct keep_application_tree *biggest = NULL;
			for (size_t i = 0; i < a->n_trees; i++) {
				struct keep_application_tree *t = &a->trees[i];
				if (!t->dropped && t->bytes && f->used.below[t->node] == (bool)used &&
				    (!biggest || t->bytes > biggest->bytes))
					biggest = t;
			}
			if (!biggest)
				break;
			biggest->dropped = true;
			sum -= biggest->bytes;
		}
}

/* A tree of a top directory is its own files only: the directories in it are trees of their own. */
static void left_out(const struct finder *f, uint32_t file, uint32_t tree)
{
	bool single = image_index_node(f->x, tree)->parent == 0;
	keep_leave_out(f->k, single ? file : tree, (struct keep_limit){.bytes = f->out->limit},
		       KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE));
}

void keep_application_add(struct keep_set *k, const struct packages *packages, struct keep_application *out)
{
	*out = (struct keep_application){0};
	struct finder f = {.k = k, .x = k->index, .packages = packages, .out = out};
	learn(&f);
	walk(&f, 0, (struct place){.runtime_layer = NO_LAYER});
	drop(&f);
	for (size_t i = 0; i < f.n_found; i++) {
		const struct keep_application_tree *t = &out->trees[f.tree[i]];
		const struct image_node *n = image_index_node(k->index, f.found[i]);
		if (t->dropped && S_ISREG(n->mode)) {
			left_out(&f, f.found[i], t->node);
			continue;
		}
		if (S_ISREG(n->mode) && !keep_has(k, f.found[i])) {
			out->bytes += n->size;
			out->files++;
		}
		keep_node(k, f.found[i], KEEP_WHY_NOTED(KEEP_APPLICATION, IMAGE_NONE, f.notes[n->layer]));
	}
	if (out->n_trees)
		qsort(out->trees, out->n_trees, sizeof(*out->trees), by_bytes);
	free(f.installs);
	free(f.notes);
	free(f.found);
	free(f.tree);
	free(f.tree_of);
	keep_used_done(&f.used);
}

void keep_application_done(struct keep_application *a)
{
	free(a->trees);
	*a = (struct keep_application){0};
}
