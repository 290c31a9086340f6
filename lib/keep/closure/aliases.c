#include "keep/closure/aliases.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "keep/documentation.h"

struct alias {
	uint32_t at; /* the node that it stays with: its end, or its directory if it leads to one above */
	uint32_t link, end;
};

struct keep_aliases {
	struct alias *items; /* sorted by at */
	size_t count, cap;
	uint32_t *first; /* by node, and one behind the last: its links begin there */
	uint32_t done;   /* of the set's queue */
};

/* A link to a directory above it is another way to what is there already: nobody needs it but in a directory that is
 * kept anyway. */
static uint32_t stays_with(const struct image_index *x, uint32_t link, uint32_t end)
{
	uint32_t dir = image_index_node(x, link)->parent, at = dir;
	while (at && at != end)
		at = image_index_node(x, at)->parent;
	return at == end ? dir : end;
}

static int by_node(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->link > y->link) - (x->link < y->link);
}

struct keep_aliases *keep_aliases_new(const struct image_index *x)
{
	uint32_t n = image_index_count(x);
	struct keep_aliases *a = mem_calloc(1, sizeof(*a));
	CLEANUP_BUF struct buf path = {0};
	for (uint32_t id = 0; id < n; id++) {
		if (!image_index_node(x, id)->target)
			continue;
		path.len = 0;
		image_index_path(x, id, &path);
		uint32_t end =
		    keep_documentation_is(path.data) ? IMAGE_NONE : image_index_resolve(x, path.data, true, NULL, NULL);
		if (end == IMAGE_NONE)
			continue;
		a->items = mem_grow(a->items, a->count, &a->cap, sizeof(*a->items));
		a->items[a->count++] = (struct alias){stays_with(x, id, end), id, end};
	}
	if (a->count)
		qsort(a->items, a->count, sizeof(*a->items), by_node);
	a->first = mem_calloc((size_t)n + 1, sizeof(*a->first));
	for (uint32_t id = 0, i = 0; id <= n; id++) {
		while (i < a->count && a->items[i].at < id)
			i++;
		a->first[id] = i;
	}
	return a;
}

void keep_aliases_free(struct keep_aliases *a)
{
	if (!a)
		return;
	free(a->items);
	free(a->first);
	free(a);
}

/* A link that is kept joins the queue with its parents, to which others may lead. */
void keep_aliases_add(struct keep_aliases *a, struct keep_set *k)
{
	CLEANUP_BUF struct buf path = {0};
	for (; a->done < k->n_kept; a->done++) {
		uint32_t node = k->queue[a->done];
		for (uint32_t i = a->first[node]; i < a->first[node + 1]; i++) {
			const struct alias *at = &a->items[i];
			if (keep_has(k, at->link))
				continue;
			path.len = 0;
			image_index_path(k->index, at->link, &path);
			keep_node(k, at->link, KEEP_WHY(KEEP_ALIAS, at->end));
			(void)keep_path(k, path.data, true, KEEP_WHY(KEEP_ALIAS, at->end)); /* with what it crosses */
		}
	}
}
