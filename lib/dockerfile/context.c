#include "dockerfile/context.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/glob.h"

/* One step whose files are searched for. */
struct copied {
	const struct image_index *x;
	const uint8_t *needs;
	uint32_t layer;
	uint32_t from;     /* the entry that the source was copied to */
	const char *to;    /* the source's path; "" = the context itself */
	const bool *taken; /* by child of the destination: it is a copy of another source; NULL = no child is */
	struct dockerfile_context *out;
};

static void add_file(const struct copied *c, const char *below, uint32_t node)
{
	const struct image_node *n = image_index_node(c->x, node);
	struct dockerfile_context *out = c->out;
	if (n->layer < c->layer || (n->layer > c->layer && c->needs[node] != DOCKERFILE_USED))
		return;
	if (out->count == DOCKERFILE_CONTEXT_MAX) {
		out->too_many = true;
		return;
	}
	out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
	out->items[out->count++] = (struct dockerfile_context_file){
	    .path = mem_printf("%s%s%s", c->to, *c->to && *below ? "/" : "", below),
	    .copied = strlen(c->to),
	    .need = c->needs[node],
	};
}

/* Recurses as deep as the image's paths are, which LIMIT_PATH bounds. */
static void add_tree(const struct copied *c, const char *below, uint32_t node)
{
	const struct image_node *n = image_index_node(c->x, node);
	if (!S_ISDIR(n->mode))
		add_file(c, below, node);
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(c->x, n->first_child + i);
		CLEANUP_FREE char *path = mem_printf("%s%s%s", below, *below ? "/" : "", child->name);
		if (node != c->from || !c->taken || !c->taken[i])
			add_tree(c, path, n->first_child + i);
	}
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Returns whether the child is the copy of the source: a file of the layer with the source's name. */
static bool is_file(const struct copied *c, const char *source, uint32_t child)
{
	const struct image_node *n = image_index_node(c->x, child);
	const char *base = base_of(source);
	return !S_ISDIR(n->mode) && n->layer >= c->layer &&
	       glob_match_name(base, strlen(base), n->name, strlen(n->name));
}

/* Adds the copies of sources that are files. Returns the number of sources that are directories. *directory: receives
 * the last of these. */
static size_t take_files(struct copied *c, const struct strlist *sources, bool *taken, const char **directory)
{
	const struct image_node *dir = image_index_node(c->x, c->from);
	size_t directories = 0;
	for (size_t s = 0; s < sources->count; s++) {
		const char *source = sources->items[s], *base = base_of(source);
		bool found = false;
		for (uint32_t i = 0; *base && i < dir->n_children; i++) {
			if (!is_file(c, source, dir->first_child + i))
				continue;
			CLEANUP_FREE char *parent = mem_strndup(source, (size_t)(base - source));
			struct copied file = *c;
			CLEANUP_FREE char *path =
			    mem_printf("%s%s", parent, image_index_node(c->x, dir->first_child + i)->name);
			file.to = path;
			add_file(&file, "", dir->first_child + i);
			found = taken[i] = true;
		}
		if (!found) {
			directories++;
			*directory = source;
		}
	}
	return directories;
}

static void add_step(const struct dockerfile_step *step, struct copied *c)
{
	const char *directory = NULL;
	c->from = image_index_resolve(c->x, step->dest, true, NULL, NULL);
	if (c->from == IMAGE_NONE)
		return;
	const struct image_node *n = image_index_node(c->x, c->from);
	if (!S_ISDIR(n->mode)) { /* a file under a new name */
		c->to = step->sources.items[0];
		if (step->sources.count == 1 && !strpbrk(c->to, "*?["))
			add_file(c, "", c->from);
		return;
	}
	CLEANUP_FREE bool *taken = mem_calloc(n->n_children, sizeof(*taken));
	c->taken = taken;
	/* if several directories were copied, nobody knows which one an entry came from */
	if (take_files(c, &step->sources, taken, &directory) != 1 || strpbrk(directory, "*?["))
		return;
	CLEANUP_FREE char *to = mem_strdup(strcmp(directory, ".") == 0 ? "" : directory);
	for (size_t len = strlen(to); len && to[len - 1] == '/'; len--)
		to[len - 1] = '\0';
	c->to = to;
	add_tree(c, "", c->from);
}

static int compare(const void *a, const void *b)
{
	const struct dockerfile_context_file *x = a, *y = b;
	return strcmp(x->path, y->path);
}

/* Sorts by path. If a path occurs twice, keeps the greater need. */
static void sort(struct dockerfile_context *c)
{
	size_t n = 0;
	if (c->count)
		qsort(c->items, c->count, sizeof(*c->items), compare);
	for (size_t i = 0; i < c->count; i++) {
		if (n && strcmp(c->items[n - 1].path, c->items[i].path) == 0) {
			if (c->items[i].need < c->items[n - 1].need)
				c->items[n - 1].need = c->items[i].need;
			if (c->items[i].copied < c->items[n - 1].copied)
				c->items[n - 1].copied = c->items[i].copied;
			free(c->items[i].path);
		} else {
			c->items[n++] = c->items[i];
		}
	}
	c->count = n;
}

void dockerfile_context_read(const struct dockerfile_steps *steps, const struct image_index *x, const uint8_t *needs,
			     struct dockerfile_context *out)
{
	*out = (struct dockerfile_context){0};
	for (size_t i = 0; i < steps->count; i++) {
		struct copied c = {.x = x, .needs = needs, .layer = (uint32_t)steps->items[i].layer, .out = out};
		if (steps->items[i].sources.count)
			add_step(&steps->items[i], &c);
	}
	sort(out);
}

void dockerfile_context_of_step(const struct dockerfile_step *step, const struct image_index *x, const uint8_t *needs,
				struct dockerfile_context *out)
{
	CLEANUP_BUF struct buf path = {0};
	struct copied c = {.x = x, .needs = needs, .layer = (uint32_t)step->layer, .out = out};
	*out = (struct dockerfile_context){0};
	c.from = image_index_resolve(x, step->dest, true, NULL, NULL);
	if (c.from == IMAGE_NONE)
		return;
	image_index_path(x, c.from, &path);
	c.to = c.from ? path.data : ""; /* paths below the root get their slash anyway */
	add_tree(&c, "", c.from);
	sort(out);
}

struct visiting {
	const struct dockerfile_context *c;
	enum dockerfile_need need;
	dockerfile_context_visit *visit;
	void *ctx;
};

/* Visits the items from first to last. The first n bytes of their paths are the same: the path of a directory. */
static void visit_range(const struct visiting *v, size_t first, size_t last, size_t n)
{
	const struct dockerfile_context_file *items = v->c->items;
	for (size_t i = first, next; i < last; i = next) {
		const char *path = items[i].path;
		size_t len = n + strcspn(path + n, "/");
		enum dockerfile_need least = DOCKERFILE_DROPPED;
		bool copied = false;
		if (!path[len]) {
			next = i + 1;
			if (items[i].need == v->need && len > n)
				v->visit(v->ctx, path, len);
			continue;
		}
		for (next = i; next < last && strncmp(items[next].path, path, len + 1) == 0; next++) {
			least = items[next].need < least ? items[next].need : least;
			copied |= items[next].copied <= len;
		}
		if (least == v->need && copied && len > n)
			v->visit(v->ctx, path, len);
		else if (least <= v->need)
			visit_range(v, i, next, len + 1);
	}
}

void dockerfile_context_each(const struct dockerfile_context *c, enum dockerfile_need need,
			     dockerfile_context_visit *visit, void *ctx)
{
	const struct visiting v = {c, need, visit, ctx};
	if (!c->too_many)
		visit_range(&v, 0, c->count, 0);
}

void dockerfile_context_done(struct dockerfile_context *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->items[i].path);
	free(c->items);
	*c = (struct dockerfile_context){0};
}
