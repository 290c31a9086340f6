#include "view/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inspect/list.h"

#define STATE_OF_FILES UINT8_MAX /* of a directory that was not added: told by what is below it */

struct view_node *view_tree_add(struct view_tree *t, const char *path, size_t len)
{
	t->nodes = mem_grow(t->nodes, t->count, &t->cap, sizeof(*t->nodes));
	struct view_node *n = &t->nodes[t->count++];
	*n = (struct view_node){
	    .path = textpool_add(&t->paths, path, len),
	    .parent = (uint32_t)t->count, /* the order of arrival, until the tree is finished */
	    .package = VIEW_NONE,
	    .why = VIEW_NONE,
	    .layer = UINT16_MAX,
	};
	return n;
}

static int order(const void *a, const void *b)
{
	const struct view_node *x = a, *y = b;
	const int c = inspect_path_order(x->path, y->path);
	return c ? c : (x->parent > y->parent) - (x->parent < y->parent);
}

static void sort(struct view_tree *t)
{
	if (t->count)
		qsort(t->nodes, t->count, sizeof(*t->nodes), order);
	size_t n = 0;
	for (size_t i = 0; i < t->count; i++)
		if (i + 1 == t->count || strcmp(t->nodes[i].path, t->nodes[i + 1].path) != 0)
			t->nodes[n++] = t->nodes[i];
	t->count = n;
}

/* Bytes of the longest directory of path that above has or is; at least 1, for the root. */
static size_t common(const char *path, const char *above)
{
	size_t at = 1;
	for (size_t i = 1; path[i] && path[i] == above[i]; i++)
		if (path[i + 1] == '/' && (!above[i + 1] || above[i + 1] == '/'))
			at = i + 1;
	return at;
}

static void add_missing_one(struct view_tree *t, const char *path, size_t len)
{
	struct view_node *n = view_tree_add(t, path, len);
	n->kind = VIEW_DIRECTORY;
	n->state = STATE_OF_FILES;
}

/* Adds the directories of paths that have no node. The tree is sorted. */
static void add_missing(struct view_tree *t)
{
	const size_t count = t->count;
	const char *last = "/";
	if (!count || strcmp(t->nodes[0].path, "/") != 0)
		add_missing_one(t, "/", 1);
	for (size_t i = 0; i < count; i++) {
		const char *path = t->nodes[i].path;
		for (size_t at = common(path, last) + 1; path[at - 1] && path[at]; at++)
			if (path[at] == '/')
				add_missing_one(t, path, at);
		last = path;
	}
	if (t->count > count)
		sort(t);
}

static void link_nodes(struct view_tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct view_node *n = &t->nodes[i];
		const char *slash = strrchr(n->path, '/');
		const size_t len = slash == n->path ? 1 : (size_t)(slash - n->path);
		size_t above = i ? i - 1 : 0;
		while (above &&
		       (strlen(t->nodes[above].path) != len || memcmp(t->nodes[above].path, n->path, len) != 0))
			above = t->nodes[above].parent;
		n->parent = (uint32_t)above;
		n->end = (uint32_t)i + 1;
	}
	for (size_t i = t->count; i-- > 1;) {
		struct view_node *above = &t->nodes[t->nodes[i].parent];
		if (above->end < t->nodes[i].end)
			above->end = t->nodes[i].end;
	}
}

/* Adds a directory's entry to its sums. */
static void add_up(struct view_node *above, const struct view_node *n)
{
	const bool file = n->kind != VIEW_DIRECTORY;
	above->bytes_before += n->bytes_before;
	above->bytes_after += n->bytes_after;
	above->files_before += file ? n->state != VIEW_ADDED : n->files_before;
	above->files_after += file ? n->state != VIEW_REMOVED : n->files_after;
}

static void sum_up(struct view_tree *t)
{
	for (size_t i = t->count; i-- > 1;)
		add_up(&t->nodes[t->nodes[i].parent], &t->nodes[i]);
	for (size_t i = 0; i < t->count; i++) {
		struct view_node *n = &t->nodes[i];
		if (n->state == STATE_OF_FILES)
			n->state = n->files_before && !n->files_after   ? VIEW_REMOVED
				   : n->files_after && !n->files_before ? VIEW_ADDED
									: VIEW_KEPT;
	}
}

void view_tree_finish(struct view_tree *t)
{
	sort(t);
	add_missing(t);
	for (size_t i = 0; i < t->count; i++)
		if (t->nodes[i].kind == VIEW_DIRECTORY)
			t->nodes[i].bytes_before = t->nodes[i].bytes_after = 0;
	link_nodes(t);
	sum_up(t);
}

size_t view_tree_find(const struct view_tree *t, const char *path)
{
	size_t low = 0, high = t->count;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = inspect_path_order(t->nodes[mid].path, path);
		if (c == 0)
			return mid;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return SIZE_MAX;
}

const char *view_node_name(const struct view_node *n)
{
	const char *slash = strrchr(n->path, '/');
	return slash && slash[1] ? slash + 1 : n->path;
}

void view_tree_done(struct view_tree *t)
{
	free(t->nodes);
	textpool_done(&t->paths);
	strset_done(&t->packages);
	strset_done(&t->reasons);
	*t = (struct view_tree){0};
}
