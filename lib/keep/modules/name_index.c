#include "keep/modules/name_index.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/path.h"

static int by_name(const void *a, const void *b)
{
	const struct keep_name_entry *x = a, *y = b;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

void keep_name_index_init(struct keep_name_index *n, const struct image_index *x, const char *const *endings)
{
	*n = (struct keep_name_index){0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *node = image_index_node(x, id);
		const char *const *e = endings;
		while (*e && !path_ends_with(node->name, *e))
			e++;
		if (!*e || !(S_ISREG(node->mode) || node->target))
			continue;
		n->items = mem_grow(n->items, n->count, &n->cap, sizeof(*n->items));
		n->items[n->count++] = (struct keep_name_entry){(uint32_t)strset_add(&n->names, node->name), id};
	}
	if (n->count)
		qsort(n->items, n->count, sizeof(*n->items), by_name);
}

void keep_name_index_done(struct keep_name_index *n)
{
	strset_done(&n->names);
	free(n->items);
}

const struct keep_name_entry *keep_name_index_find(const struct keep_name_index *n, const char *name, size_t *count)
{
	size_t id = strset_find(&n->names, name), lo = 0, hi = n->count;
	*count = 0;
	if (id == STRSET_NONE)
		return NULL;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (n->items[mid].name < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + *count < n->count && n->items[lo + *count].name == id)
		++*count;
	return n->items + lo;
}
