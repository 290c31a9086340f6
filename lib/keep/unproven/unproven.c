#include "keep/unproven/unproven.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/file.h"
#include "keep/closure/closures.h"
#include "keep/tree.h"
#include "keep/unproven/frozen.h"

#define CONFIGURATION "the image's configuration"

struct finder {
	const struct keep_set *k;
	const struct keep_mentions *mentions;
	const struct keep_mention **by; /* by node: the mention of it, or of a whole directory above it */
	struct image_files files;       /* with several names, kept or counted */
	struct keep_unproven *out;
	size_t cap;
};

/* A link to a file that is left out as well adds nothing to the mention of that file. */
static bool leads_to_kept(const struct keep_set *k, uint32_t link)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(k->index, link, &path);
	uint32_t end = image_index_resolve(k->index, path.data, true, NULL, NULL);
	return end != IMAGE_NONE && keep_has(k, end);
}

static bool is_used(const struct finder *f, uint32_t node)
{
	const struct idmap *used = f->k->mentions ? &f->k->mentions->used : NULL;
	return used && idmap_find(used, 0, node);
}

static void add(struct finder *f, uint32_t node)
{
	const struct image_index *x = f->k->index;
	const struct image_node *n = image_index_node(x, node);
	bool link = S_ISLNK(n->mode);
	if ((!link && !S_ISREG(n->mode)) || is_used(f, node) || keep_unproven_is_frozen(x, node) ||
	    (link && !leads_to_kept(f->k, node)))
		return;
	bool counts = !link && (n->nlink < 2 || image_files_add(&f->files, f->k->index, node));
	struct keep_unproven *u = f->out;
	u->items = mem_grow(u->items, u->count, &f->cap, sizeof(*u->items));
	u->items[u->count++] = (struct keep_unproven_file){node, counts ? n->size : 0, f->by[node]};
	u->bytes += counts ? n->size : 0;
}

static void find(struct finder *f)
{
	const struct image_index *x = f->k->index;
	uint32_t n = image_index_count(x);
	for (uint32_t id = 0; id < n; id++)
		if (keep_has(f->k, id) && S_ISREG(image_index_node(x, id)->mode) && image_index_node(x, id)->nlink > 1)
			(void)image_files_add(&f->files, x, id);
	for (uint32_t id = 0; id < n; id++) { /* parents have smaller ids */
		const struct image_node *info = image_index_node(x, id);
		const struct keep_mention *above = id ? f->by[info->parent] : NULL;
		f->by[id] = keep_mentions_find(f->mentions, id);
		if (!f->by[id] && above && above->whole && !keep_tree_leaves_out(info, KEEP_TREE_CODE))
			f->by[id] = above;
		if (f->by[id] && !keep_has(f->k, id))
			add(f, id);
	}
}

enum keep_mention_way keep_unproven_way(const struct keep_unproven_file *f)
{
	return f->mention->node == f->node ? (enum keep_mention_way)keep_mention_surest(f->mention)->way
					   : KEEP_MENTION_DIRECTORY;
}

static int by_weight(const void *a, const void *b)
{
	const struct keep_unproven_file *x = a, *y = b;
	enum keep_mention_way p = keep_unproven_way(x), q = keep_unproven_way(y);
	if (p != q)
		return p < q ? -1 : 1;
	if (x->mention->named_by != y->mention->named_by)
		return x->mention->named_by > y->mention->named_by ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

int keep_unproven_find(const struct keep_set *k, struct keep_unproven *out, struct err *err)
{
	*out = (struct keep_unproven){0};
	struct finder f = {.k = k, .mentions = k->mentions, .out = out};
	if (k->level < KEEP_CLOSURE || !k->mentions) {
		int r = keep_closures_tell(k, &out->told, err);
		if (r < 0)
			return r;
		f.mentions = &out->told;
	}
	CLEANUP_FREE const struct keep_mention **by = mem_calloc(image_index_count(k->index), sizeof(*by));
	f.by = by;
	if (f.mentions->count)
		find(&f);
	image_files_done(&f.files);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_weight);
	for (size_t i = 0; i < out->count; i++)
		*idmap_at(&out->nodes, 0, out->items[i].node, NULL) = i;
	return 0;
}

void keep_unproven_done(struct keep_unproven *u)
{
	free(u->items);
	idmap_done(&u->nodes);
	keep_mentions_done(&u->told);
	*u = (struct keep_unproven){0};
}

const struct keep_mention *keep_unproven_of(const struct keep_unproven *u, uint32_t node)
{
	const uint64_t *at = idmap_find(&u->nodes, 0, node);
	return at ? u->items[*at].mention : NULL;
}

void keep_unproven_namer(const struct keep_set *k, const struct keep_mention_namer *namer, struct buf *out)
{
	if (namer->node == IMAGE_NONE)
		buf_str(out, CONFIGURATION);
	else
		image_index_path(k->index, namer->node, out);
}
