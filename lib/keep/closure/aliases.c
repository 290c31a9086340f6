#include "keep/closure/aliases.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/path.h"

struct alias {
	uint32_t link, end; /* nodes */
};

struct keep_aliases {
	struct alias *items;
	size_t count, cap;
};

static bool is_documentation(const char *path)
{
	static const char *const places[] = {"/usr/share/doc",        "/usr/share/man",       "/usr/share/info",
					     "/usr/share/licenses",   "/usr/local/share/doc", "/usr/local/share/man",
					     "/usr/local/share/info", "/usr/local/man"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (path_is_below(path, places[i]))
			return true;
	return false;
}

struct keep_aliases *keep_aliases_new(const struct image_index *x)
{
	struct keep_aliases *a = mem_calloc(1, sizeof(*a));
	CLEANUP_BUF struct buf path = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		if (!image_index_node(x, id)->target)
			continue;
		path.len = 0;
		image_index_path(x, id, &path);
		uint32_t end =
		    is_documentation(path.data) ? IMAGE_NONE : image_index_resolve(x, path.data, true, NULL, NULL);
		if (end == IMAGE_NONE)
			continue;
		a->items = mem_grow(a->items, a->count, &a->cap, sizeof(*a->items));
		a->items[a->count++] = (struct alias){id, end};
	}
	return a;
}

void keep_aliases_free(struct keep_aliases *a)
{
	if (!a)
		return;
	free(a->items);
	free(a);
}

/* A link to a directory above it is another way to what is there already. */
static bool leads_up(const struct image_index *x, const struct alias *a)
{
	uint32_t at = image_index_node(x, a->link)->parent;
	while (at && at != a->end)
		at = image_index_node(x, at)->parent;
	return at == a->end;
}

static bool stays(const struct keep_set *k, const struct alias *a)
{
	return keep_has(k, a->end) &&
	       (!leads_up(k->index, a) || keep_has(k, image_index_node(k->index, a->link)->parent));
}

/* A link that is kept keeps its parents, to which others may lead. */
void keep_aliases_add(const struct keep_aliases *a, struct keep_set *k)
{
	CLEANUP_BUF struct buf path = {0};
	for (uint32_t before = UINT32_MAX; before != k->n_kept;) {
		before = k->n_kept;
		for (size_t i = 0; i < a->count; i++) {
			const struct alias *at = &a->items[i];
			if (keep_has(k, at->link) || !stays(k, at))
				continue;
			path.len = 0;
			image_index_path(k->index, at->link, &path);
			(void)keep_path(k, path.data, true,
					KEEP_WHY_NOTED(KEEP_RULE, at->end, keep_note(k, "other-name")));
		}
	}
}
