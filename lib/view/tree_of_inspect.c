#include "view/tree_of_inspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/depth.h"

struct making {
	const struct view_inspected *from;
	struct view_tree *tree;
	uint32_t *names; /* by package: the id of its name in the tree's packages; VIEW_NONE = no path had it yet */
};

static void begin(const struct view_inspected *from, struct view_tree *out, struct making *m)
{
	const size_t n = from->packages && from->index ? from->packages->count : 0;
	*out = (struct view_tree){0};
	*m = (struct making){from, out, mem_calloc(n, sizeof(*m->names))};
	for (size_t i = 0; i < n; i++)
		m->names[i] = VIEW_NONE;
}

static uint32_t package_of(struct making *m, const char *path)
{
	const struct packages *p = m->from->packages;
	const struct image_index *x = m->from->index;
	const uint32_t id = p && x ? image_index_resolve(x, path, false, NULL, NULL) : IMAGE_NONE;
	const uint32_t owner = id == IMAGE_NONE ? PACKAGES_NONE : p->owner[id];
	if (owner == PACKAGES_NONE)
		return VIEW_NONE;
	if (m->names[owner] == VIEW_NONE) {
		const struct package *q = &p->items[owner];
		CLEANUP_FREE char *name = mem_printf("%s %s", q->name, q->version);
		m->names[owner] = (uint32_t)strset_add(&m->tree->packages, name);
	}
	return m->names[owner];
}

static uint8_t kind_of(const struct inspect_entry *e)
{
	switch (e->kind) {
	case INSPECT_DIRECTORY:
		return VIEW_DIRECTORY;
	case INSPECT_SYMLINK:
		return VIEW_SYMLINK;
	case INSPECT_SPECIAL:
		return VIEW_OTHER;
	default:
		return VIEW_FILE;
	}
}

static struct view_node *add(struct making *m, const char *path, const struct inspect_entry *e, uint16_t layer)
{
	struct view_node *n = view_tree_add(m->tree, path, strlen(path));
	n->kind = kind_of(e);
	n->layer = layer;
	n->package = n->kind == VIEW_DIRECTORY ? VIEW_NONE : package_of(m, path); /* many packages have a directory */
	return n;
}

/* Of all layers, also paths that a later one removes. */
static int check_depth(const struct inspect_history *h, struct err *err)
{
	struct view_depth d = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < h->n_paths; i++)
		r = view_depth_add(&d, h->paths[i].path, err);
	return r;
}

int view_tree_of_image(const struct view_inspected *i, struct view_tree *out, struct err *err)
{
	struct making m;
	begin(i, out, &m);
	const int r = check_depth(i->history, err);
	for (size_t path = 0; r == 0 && path < i->history->n_paths; path++) {
		const struct inspect_version *v = inspect_history_final(i->history, path);
		if (!v)
			continue;
		struct view_node *n = add(&m, i->history->paths[path].path, v->entry, v->layer);
		n->bytes_before = n->bytes_after = v->entry->bytes;
	}
	free(m.names);
	if (r == 0)
		view_tree_finish(out);
	return r;
}

/* The number of the path's version in that layer, from 0; SIZE_MAX if the layer does not have the path. */
static size_t version_in(const struct inspect_history *h, const struct inspect_path *p, size_t layer)
{
	for (size_t i = 0; i < p->n; i++)
		if (h->versions[p->first + i].layer == layer)
			return i;
	return SIZE_MAX;
}

static uint8_t state_of(const struct inspect_version *v)
{
	static const uint8_t states[INSPECT_CHANGES] = {VIEW_ADDED, VIEW_CHANGED, VIEW_REMOVED};
	return states[v->change];
}

static void add_version(struct making *m, const struct inspect_path *p, size_t at)
{
	const struct inspect_version *v = &m->from->history->versions[p->first + at];
	const struct inspect_entry *before = at ? v[-1].entry : NULL;
	const struct inspect_entry *shown = v->entry ? v->entry : before;
	if (!shown)
		return;
	struct view_node *n = add(m, p->path, shown, v->layer);
	n->state = state_of(v);
	n->bytes_before = before ? before->bytes : 0;
	n->bytes_after = v->entry ? v->entry->bytes : 0;
	if (v->same_content)
		n->why = (uint32_t)strset_add(&m->tree->reasons, "only its attributes change");
}

/* The sums of a directory know only the files that the layer changes. */
static void set_directories(const struct inspect_history *h, size_t layer, struct view_tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct view_node *n = &t->nodes[i];
		const size_t path = n->kind == VIEW_DIRECTORY ? inspect_history_find(h, n->path) : SIZE_MAX;
		if (path == SIZE_MAX)
			continue;
		const size_t at = version_in(h, &h->paths[path], layer);
		n->state = at == SIZE_MAX ? VIEW_KEPT : state_of(&h->versions[h->paths[path].first + at]);
	}
}

void view_tree_of_layer(const struct view_inspected *i, size_t layer, struct view_tree *out)
{
	const struct inspect_history *h = i->history;
	struct making m;
	begin(i, out, &m);
	for (size_t path = 0; path < h->n_paths; path++) {
		const size_t at = version_in(h, &h->paths[path], layer);
		if (at != SIZE_MAX)
			add_version(&m, &h->paths[path], at);
	}
	free(m.names);
	view_tree_finish(out);
	set_directories(h, layer, out);
}
