#include "image/index_listing.h"

/* Two passes. The first goes through the paths in their order and notes the parent of each, in a tree of items; the
 * second numbers the items level by level, as an index has it. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/index_build.h"
#include "image/index_private.h"

#define NONE UINT32_MAX

struct item {
	const struct image_listing_entry *entry; /* NULL = a directory that only its content implies */
	const char *name;                        /* in the index' texts */
	uint32_t parent, first, last, next;      /* numbers of items: the children are a chain */
	uint32_t n;                              /* of its children */
};

struct making {
	struct image_index *x;
	struct item *items; /* 0 = the root */
	size_t count, cap;
	uint32_t way[LIMIT_PATH]; /* the directories on the way to the last path, without the root */
	size_t depth;
};

static uint32_t add_item(struct making *m, uint32_t parent, const char *name, size_t n,
			 const struct image_listing_entry *entry)
{
	m->items = mem_grow(m->items, m->count, &m->cap, sizeof(*m->items));
	const uint32_t id = (uint32_t)m->count++;
	m->items[id] = (struct item){.entry = entry, .parent = parent, .first = NONE, .last = NONE, .next = NONE};
	m->items[id].name = textpool_add(&m->x->texts, name, n);
	if (id == 0)
		return id;
	struct item *p = &m->items[parent];
	if (p->last == NONE)
		p->first = id;
	else
		m->items[p->last].next = id;
	p->last = id;
	p->n++;
	return id;
}

static bool is_directory(const struct item *i)
{
	return !i->entry || S_ISDIR(i->entry->mode);
}

/* The directory at depth of the way, if it has that name; else a new one, or NONE below something else. */
static uint32_t enter(struct making *m, uint32_t parent, size_t depth, const char *name, size_t n,
		      const struct image_listing_entry *entry)
{
	uint32_t id = depth < m->depth ? m->way[depth] : NONE;
	const bool known = id != NONE && strncmp(m->items[id].name, name, n) == 0 && !m->items[id].name[n];
	if (!known) {
		id = add_item(m, parent, name, n, entry);
		m->way[depth] = id;
		m->depth = depth + 1;
	}
	return id;
}

static void add_path(struct making *m, const struct image_listing_entry *e)
{
	uint32_t at = 0;
	size_t depth = 0;
	for (const char *name = e->path; *name;) {
		name += *name == '/';
		const size_t n = strcspn(name, "/");
		if (!n || depth == LIMIT_PATH || !is_directory(&m->items[at]))
			return;
		at = enter(m, at, depth++, name, n, name[n] ? NULL : e);
		name += n;
	}
}

static struct image_node node_of(struct making *m, const struct item *i, uint32_t parent)
{
	static const struct image_listing_entry implied = {.mode = S_IFDIR | 0755, .nlink = 1};
	const struct image_listing_entry *e = i->entry ? i->entry : &implied;
	struct image_node n = {
	    .name = i->name,
	    .parent = parent,
	    .layer = e->layer,
	    .mode = e->mode,
	    .uid = e->uid,
	    .gid = e->gid,
	    .size = e->size,
	    .mtime_s = e->mtime,
	    .ino = e->ino,
	    .nlink = e->nlink,
	};
	if (S_ISLNK(e->mode))
		n.target = textpool_add(&m->x->texts, e->target, strlen(e->target));
	return n;
}

static void number_items(struct making *m)
{
	struct image_index *x = m->x;
	uint32_t *order = mem_calloc(m->count, sizeof(*order)); /* by node: its item */
	x->nodes = mem_calloc(m->count, sizeof(*x->nodes));
	x->nodes[0] = node_of(m, &m->items[0], 0);
	x->count = 1;
	for (uint32_t id = 0; id < x->count; id++) {
		const struct item *dir = &m->items[order[id]];
		x->nodes[id].first_child = x->count;
		x->nodes[id].n_children = dir->n;
		for (uint32_t child = dir->first; child != NONE; child = m->items[child].next) {
			x->nodes[x->count] = node_of(m, &m->items[child], id);
			order[x->count++] = child;
		}
	}
	free(order);
}

int image_index_listing(const struct image_listing_entry *root, const struct image_listing_entry *entries, size_t count,
			image_listing_open *open, void *ctx, struct image_index **out, struct err *err)
{
	struct making *m = mem_alloc(sizeof(*m));
	m->x = mem_alloc(sizeof(*m->x));
	m->x->open = open;
	m->x->open_ctx = ctx;
	add_item(m, 0, "", 0, root);
	for (size_t i = 0; i < count && m->count <= LIMIT_ENTRIES; i++)
		add_path(m, &entries[i]);
	int r = 0;
	if (m->count > LIMIT_ENTRIES) {
		r = err_set(err, ERR_LIMIT, "too-many-files", "the image has more than %d files", LIMIT_ENTRIES);
		image_index_free(m->x);
	} else {
		number_items(m);
		*out = m->x;
	}
	free(m->items);
	free(m);
	return r;
}
