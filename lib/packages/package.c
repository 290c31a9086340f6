#include "packages/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const packages_manager_names[] = {"dpkg", "apk", "rpm", "opkg", "pip", "npm", "gem"};

bool packages_line(const char **rest, const char *end, const char **line, size_t *n)
{
	if (*rest >= end)
		return false;
	const char *stop = memchr(*rest, '\n', (size_t)(end - *rest));
	*line = *rest;
	*n = (size_t)((stop ? stop : end) - *rest);
	*rest = stop ? stop + 1 : end;
	return true;
}

uint32_t packages_add(struct packages *p, enum packages_manager manager, struct packages_field name,
		      struct packages_field version, struct packages_field architecture)
{
	if (!packages_is_name(name) || p->count == PACKAGES_MAX)
		return PACKAGES_NONE;
	p->items = mem_grow(p->items, p->count, &p->cap, sizeof(*p->items));
	p->items[p->count] = (struct package){
	    .manager = (uint8_t)manager,
	    .name = mem_strndup(name.text, name.n),
	    .version = mem_strndup(version.n ? version.text : "", version.n),
	    .architecture = mem_strndup(architecture.n ? architecture.text : "", architecture.n),
	};
	return (uint32_t)p->count++;
}

uint32_t packages_first(const struct packages *p, enum packages_manager manager)
{
	uint32_t first = 0;
	while (first < p->count && p->items[first].manager != manager)
		first++;
	return first;
}

void packages_own(struct packages *p, const struct image_index *x, uint32_t package, const char *path)
{
	uint32_t node = image_index_resolve(x, path, false, NULL, NULL);
	if (node != IMAGE_NONE && p->owner[node] == PACKAGES_NONE)
		p->owner[node] = package;
}

void packages_done(struct packages *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].version);
		free(p->items[i].architecture);
		free(p->items[i].section);
		free(p->items[i].source);
		free(p->items[i].needs);
		free(p->items[i].wants);
	}
	free(p->items);
	free(p->owner);
	free(p->database);
	strlist_done(&p->unread);
	*p = (struct packages){0};
}

struct buf *packages_edit_add(struct packages_edits *e, uint32_t node)
{
	e->items = mem_grow(e->items, e->count, &e->cap, sizeof(*e->items));
	e->items[e->count] = (struct packages_edit){.node = node};
	return &e->items[e->count++].content;
}

static int by_node(const void *a, const void *b)
{
	const struct packages_edit *x = a, *y = b;
	return (x->node > y->node) - (x->node < y->node);
}

void packages_edits_sort(struct packages_edits *e)
{
	if (e->count)
		qsort(e->items, e->count, sizeof(*e->items), by_node);
}

const struct packages_edit *packages_edits_find(const struct packages_edits *e, uint32_t node)
{
	struct packages_edit key = {.node = node};
	return e && e->count ? bsearch(&key, e->items, e->count, sizeof(*e->items), by_node) : NULL;
}

void packages_edits_done(struct packages_edits *e)
{
	for (size_t i = 0; i < e->count; i++)
		buf_done(&e->items[i].content);
	free(e->items);
	*e = (struct packages_edits){0};
}
