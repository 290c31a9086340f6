#include "keep/rules/glob_walk.h"

#include <string.h>

#include "text/glob.h"
#include "text/path.h"

struct walk {
	const struct image_index *x;
	struct buf path; /* of the node that step is called with; "" = the root */
	keep_glob_visit *visit;
	void *ctx;
};

static void step(struct walk *w, uint32_t node, const char *pattern);

static void visit(struct walk *w)
{
	w->visit(w->ctx, w->path.len ? w->path.data : "/");
}

/* Go on below a node with what is left of the pattern. */
static void enter(struct walk *w, uint32_t node, const char *pattern)
{
	const char *rest = pattern, *name;
	size_t len, n = w->path.len;
	buf_printf(&w->path, "/%s", image_index_node(w->x, node)->name);
	if (image_index_node(w->x, node)->target && path_next(&rest, &name, &len))
		node = image_index_resolve(w->x, w->path.data, true, NULL, NULL);
	if (node != IMAGE_NONE)
		step(w, node, pattern);
	w->path.len = n;
	w->path.data[n] = '\0';
}

/* A "**", at pattern; rest is behind it. */
static void descend(struct walk *w, uint32_t dir, const char *pattern, const char *rest)
{
	const struct image_node *d = image_index_node(w->x, dir);
	const char *name;
	size_t len;
	bool last = !path_next(&(const char *){rest}, &name, &len);
	step(w, dir, rest);
	for (uint32_t i = 0; i < d->n_children; i++) {
		uint32_t child = d->first_child + i;
		if (S_ISDIR(image_index_node(w->x, child)->mode))
			enter(w, child, pattern);
		else if (last)
			enter(w, child, rest);
	}
}

static void step(struct walk *w, uint32_t node, const char *pattern)
{
	const char *rest = pattern, *want;
	size_t len;
	if (!path_next(&rest, &want, &len)) {
		visit(w);
		return;
	}
	if (len == 2 && memcmp(want, "**", 2) == 0) {
		descend(w, node, pattern, rest);
	} else if (!memchr(want, '*', len) && !memchr(want, '?', len)) {
		uint32_t child = image_index_child(w->x, node, want, len);
		if (child != IMAGE_NONE)
			enter(w, child, rest);
	} else {
		const struct image_node *d = image_index_node(w->x, node);
		for (uint32_t i = 0; i < d->n_children; i++) {
			const char *name = image_index_node(w->x, d->first_child + i)->name;
			if (glob_match_name(want, len, name, strlen(name)))
				enter(w, d->first_child + i, rest);
		}
	}
}

void keep_glob_walk(const struct image_index *x, uint32_t dir, const char *pattern, keep_glob_visit *on_visit,
		    void *ctx)
{
	CLEANUP_BUF struct buf path = {0};
	uint32_t start = 0;
	if (*pattern != '/') {
		for (start = dir; strncmp(pattern, "../", 3) == 0; pattern += 3)
			start = image_index_node(x, start)->parent;
		image_index_path(x, start, &path);
	}
	if (path.len == 1)
		path.len = 0; /* "/" */
	struct walk w = {.x = x, .path = path, .visit = on_visit, .ctx = ctx};
	path = (struct buf){0};
	step(&w, start, pattern);
	buf_done(&w.path);
}
