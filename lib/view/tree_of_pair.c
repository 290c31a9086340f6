#include "view/tree_of_pair.h"

#include <string.h>
#include <sys/stat.h>

#include "image/file.h"

struct walker {
	const struct image_index *x[2];
	struct image_files files[2]; /* of the names that came before */
	const struct packages *packages;
	struct view_tree *tree;
	struct buf path;
};

static uint8_t kind_of(mode_t mode)
{
	return S_ISREG(mode) ? VIEW_FILE : S_ISDIR(mode) ? VIEW_DIRECTORY : S_ISLNK(mode) ? VIEW_SYMLINK : VIEW_OTHER;
}

static bool is_changed(const struct image_node *a, const struct image_node *b)
{
	return a->mode != b->mode || a->uid != b->uid || a->gid != b->gid || a->rdev != b->rdev ||
	       (S_ISREG(a->mode) && a->size != b->size) || (a->target && strcmp(a->target, b->target) != 0);
}

static uint64_t bytes_of(struct walker *w, int side, uint32_t id)
{
	const struct image_node *n = image_index_node(w->x[side], id);
	return S_ISREG(n->mode) && image_files_first(&w->files[side], w->x[side], id) == id ? n->size : 0;
}

/* nodes: in both images; IMAGE_NONE = it is not there. */
static void add(struct walker *w, const uint32_t nodes[2])
{
	const struct image_node *n[2] = {0};
	for (int i = 0; i < 2; i++)
		n[i] = nodes[i] == IMAGE_NONE ? NULL : image_index_node(w->x[i], nodes[i]);
	const struct image_node *any = n[1] ? n[1] : n[0];
	const char *path = w->path.len ? w->path.data : "/";
	struct view_node *out = view_tree_add(w->tree, path, strlen(path));
	out->kind = kind_of(any->mode);
	out->state = !n[1] ? VIEW_REMOVED : !n[0] ? VIEW_ADDED : VIEW_KEPT;
	if (n[0] && n[1] && out->kind != VIEW_DIRECTORY && is_changed(n[0], n[1]))
		out->state = VIEW_CHANGED;
	out->bytes_before = n[0] ? bytes_of(w, 0, nodes[0]) : 0;
	out->bytes_after = n[1] ? bytes_of(w, 1, nodes[1]) : 0;
	if (!n[0])
		return;
	if (nodes[0])
		out->layer = n[0]->layer;
	const struct packages *p = w->packages;
	const uint32_t owner = p && p->count && !S_ISDIR(n[0]->mode) ? p->owner[nodes[0]] : PACKAGES_NONE;
	if (owner != PACKAGES_NONE)
		out->package = (uint32_t)strset_add(&w->tree->packages, p->items[owner].name);
}

static void walk(struct walker *w, const uint32_t nodes[2]);

static void enter(struct walker *w, const uint32_t nodes[2], const char *name)
{
	const size_t len = w->path.len;
	buf_printf(&w->path, "/%s", name);
	walk(w, nodes);
	w->path.len = len;
	w->path.data[len] = '\0';
}

/* Children of both, which are sorted by name, side by side. As deep as the images' paths are, which LIMIT_PATH
 * bounds. */
static void walk(struct walker *w, const uint32_t nodes[2])
{
	uint32_t at[2] = {0}, end[2] = {0};
	add(w, nodes);
	for (int i = 0; i < 2; i++)
		if (nodes[i] != IMAGE_NONE) {
			const struct image_node *n = image_index_node(w->x[i], nodes[i]);
			at[i] = n->first_child;
			end[i] = at[i] + n->n_children;
		}
	while (at[0] < end[0] || at[1] < end[1]) {
		const char *a = at[0] < end[0] ? image_index_node(w->x[0], at[0])->name : NULL;
		const char *b = at[1] < end[1] ? image_index_node(w->x[1], at[1])->name : NULL;
		const int order = !a ? 1 : !b ? -1 : strcmp(a, b);
		const uint32_t next[2] = {order <= 0 ? at[0]++ : IMAGE_NONE, order >= 0 ? at[1]++ : IMAGE_NONE};
		enter(w, next, order <= 0 ? a : b);
	}
}

void view_tree_of_pair(const struct image_index *original, const struct image_index *slim,
		       const struct packages *packages, struct view_tree *out)
{
	struct walker w = {.x = {original, slim}, .packages = packages, .tree = out};
	buf_str(&w.path, "");
	walk(&w, (const uint32_t[]){0, 0});
	buf_done(&w.path);
	image_files_done(&w.files[0]);
	image_files_done(&w.files[1]);
	view_tree_finish(out);
}
