#include "keep/trees/registries.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "keep/file.h"
#include "keep/tree.h"
#include "keep/trees/own_tree.h"

#define MAX_REGISTRY (4u << 20) /* bytes of one; larger ones are not read */
#define MAX_TREES 64            /* that are cut; the registries of more are not looked for */
#define MIN_NAME 5              /* bytes of a name that stands for a file, with a dot in it */

/* The files of a tree that do not stay yet, by name. */
struct names {
	struct strset set;
	struct file {
		uint32_t node;
		uint32_t next; /* of the same name; 0 = none */
	} * files;             /* from 1 on */
	uint32_t *first;       /* by id of set */
	size_t count, cap, first_cap;
};

static void add_name(struct names *n, const char *name, uint32_t node)
{
	bool added;
	size_t id = strset_add_len(&n->set, name, strlen(name), &added);
	n->first = mem_grow(n->first, id, &n->first_cap, sizeof(*n->first));
	n->files = mem_grow(n->files, n->count + 1, &n->cap, sizeof(*n->files));
	n->files[++n->count] = (struct file){node, added ? 0 : n->first[id]};
	n->first[id] = (uint32_t)n->count;
}

/* The depth is bounded as a path's length is. */
static void collect(const struct keep_set *k, uint32_t dir, struct names *n)
{
	const struct image_node *d = image_index_node(k->index, dir);
	for (uint32_t id = d->first_child; id < d->first_child + d->n_children; id++) {
		const struct image_node *child = image_index_node(k->index, id);
		if (keep_tree_leaves_out(child, KEEP_TREE_OWN) || (k->excluded && k->excluded[id]))
			continue;
		if (S_ISDIR(child->mode))
			collect(k, id, n);
		else if (!keep_has(k, id) && strlen(child->name) >= MIN_NAME && strchr(child->name, '.'))
			add_name(n, child->name, id);
	}
}

struct reading {
	struct keep_set *k;
	struct keep_trees *t;
	const struct names *names;
	struct keep_reason why;
	uint64_t bytes; /* added to this tree */
};

static void keep_named(struct reading *r, const char *name, size_t len)
{
	size_t id = strset_find_len(&r->names->set, name, len);
	for (uint32_t i = id == STRSET_NONE ? 0 : r->names->first[id]; i; i = r->names->files[i].next) {
		const struct image_node *n = image_index_node(r->k->index, r->names->files[i].node);
		uint64_t size = S_ISREG(n->mode) ? n->size : 0;
		if (keep_has(r->k, r->names->files[i].node) || r->bytes + size > r->t->limits.tree ||
		    r->t->bytes + size > r->t->limits.sum)
			continue;
		CLEANUP_BUF struct buf path = {0};
		image_index_path(r->k->index, r->names->files[i].node, &path);
		(void)keep_path(r->k, path.data, true, r->why);
		r->bytes += size;
		r->t->bytes += size;
	}
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-", c));
}

/* A registry that can't be read names nothing. */
static void read_registry(struct reading *r, uint32_t node)
{
	CLEANUP_KEEP_FILE struct keep_file f;
	CLEANUP_BUF struct buf text = {0};
	if (keep_file_open(&f, r->k, node, NULL) < 0 || memchr(f.head, '\0', f.n))
		return;
	keep_file_bytes(&f, MAX_REGISTRY, &text);
	r->why = KEEP_WHY_NOTED(KEEP_RULE, node, keep_note(r->k, "registry"));
	for (size_t i = 0, n; i < text.len; i += n + 1) {
		for (n = 0; i + n < text.len && is_name(text.data[i + n]);)
			n++;
		if (n >= MIN_NAME)
			keep_named(r, text.data + i, n);
	}
}

/* order: of the trace's paths, so that equal traces keep the same. */
static void add_tree(struct keep_set *k, const struct evidence *e, const size_t *order, struct keep_trees *t,
		     uint32_t tree)
{
	struct names names = {0};
	struct reading r = {.k = k, .t = t, .names = &names};
	collect(k, tree, &names);
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		uint32_t kinds = e->trace->entries[order[i]].kinds;
		uint32_t id =
		    (kinds & TRACE_OPEN) && !(kinds & TRACE_EXEC) ? evidence_way(e, order[i], true)->node : IMAGE_NONE;
		const struct image_node *n = id == IMAGE_NONE ? NULL : image_index_node(k->index, id);
		if (n && S_ISREG(n->mode) && n->size && n->size <= MAX_REGISTRY &&
		    keep_own_tree_of(k->index, id) == tree)
			read_registry(&r, id);
	}
	strset_done(&names.set);
	free(names.files);
	free(names.first);
}

void keep_registries_add(struct keep_set *k, const struct evidence *e, struct keep_trees *t)
{
	CLEANUP_FREE size_t *order = strset_sorted(&e->trace->paths);
	size_t n = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].cut && n++ < MAX_TREES)
			add_tree(k, e, order, t, t->items[i].node);
}
