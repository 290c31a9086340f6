#include "cmd/explore/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const explore_sort_names[EXPLORE_SORTS] = {"size", "name", "change"};

uint64_t explore_list_bytes(const struct view_node *n)
{
	return n->bytes_before > n->bytes_after ? n->bytes_before : n->bytes_after;
}

static uint64_t change_of(const struct view_node *n)
{
	return n->bytes_before > n->bytes_after ? n->bytes_before - n->bytes_after : n->bytes_after - n->bytes_before;
}

/* Nodes are in the order of their names. */
static int order(const void *a, const void *b, void *list)
{
	const struct explore_list *l = list;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct view_node *m = &l->tree->nodes[x], *n = &l->tree->nodes[y];
	uint64_t left = 0, right = 0;
	if (l->sort == EXPLORE_BY_SIZE) {
		left = explore_list_bytes(m);
		right = explore_list_bytes(n);
	} else if (l->sort == EXPLORE_BY_CHANGE) {
		left = change_of(m);
		right = change_of(n);
	}
	if (left != right)
		return left < right ? 1 : -1;
	return (x > y) - (x < y);
}

static size_t hits_in(const struct explore_list *l, uint32_t from, uint32_t end)
{
	return l->hits[end] - l->hits[from];
}

/* Whether the directory or one above it matches: then all that is in it is shown. */
static bool is_inside_match(const struct explore_list *l, uint32_t dir)
{
	for (; dir; dir = l->tree->nodes[dir].parent)
		if (hits_in(l, dir, dir + 1))
			return true;
	return false;
}

static bool is_shown(const struct explore_list *l, uint32_t node, bool all)
{
	const struct view_node *n = &l->tree->nodes[node];
	if (l->shown == EXPLORE_SHOW_REMOVED && l->gone[n->end] == l->gone[node])
		return false;
	if (l->shown == EXPLORE_SHOW_PRESENT && n->state == VIEW_REMOVED)
		return false;
	return all || hits_in(l, node, n->end);
}

static void fill(struct explore_list *l)
{
	const struct view_node *nodes = l->tree->nodes;
	const uint32_t end = nodes[l->dir].end;
	const bool all = !l->hits || is_inside_match(l, l->dir);
	size_t n = 0;
	for (uint32_t i = l->dir + 1; i < end; i = nodes[i].end)
		n++;
	l->rows = mem_realloc(l->rows, n + 1, sizeof(*l->rows));
	l->count = 0;
	l->largest = 0;
	for (uint32_t i = l->dir + 1; i < end; i = nodes[i].end) {
		if (!is_shown(l, i, all))
			continue;
		l->rows[l->count++] = i;
		if (explore_list_bytes(&nodes[i]) > l->largest)
			l->largest = explore_list_bytes(&nodes[i]);
	}
	qsort_r(l->rows, l->count, sizeof(*l->rows), order, l);
}

static void find_hits(struct explore_list *l)
{
	free(l->hits);
	l->hits = NULL;
	if (!l->filter)
		return;
	l->hits = mem_calloc(l->tree->count + 1, sizeof(*l->hits));
	for (size_t i = 0; i < l->tree->count; i++)
		l->hits[i + 1] = l->hits[i] + (i && strcasestr(view_node_name(&l->tree->nodes[i]), l->filter));
}

static void find_removed(struct explore_list *l)
{
	free(l->gone);
	l->gone = mem_calloc(l->tree->count + 1, sizeof(*l->gone));
	for (size_t i = 0; i < l->tree->count; i++)
		l->gone[i + 1] = l->gone[i] + (l->tree->nodes[i].state == VIEW_REMOVED);
}

void explore_list_init(struct explore_list *l, const struct view_tree *tree)
{
	*l = (struct explore_list){.tree = tree};
	find_removed(l);
	fill(l);
}

void explore_list_set_tree(struct explore_list *l, const struct view_tree *tree, char *path)
{
	size_t dir;
	while ((dir = view_tree_find(tree, path)) == SIZE_MAX) {
		char *slash = strrchr(path, '/');
		slash[slash == path] = '\0';
	}
	l->tree = tree;
	l->dir = (uint32_t)dir;
	find_hits(l);
	find_removed(l);
	fill(l);
}

void explore_list_open(struct explore_list *l, uint32_t dir)
{
	l->dir = dir;
	fill(l);
}

void explore_list_set_sort(struct explore_list *l, enum explore_sort sort)
{
	l->sort = sort;
	fill(l);
}

void explore_list_show(struct explore_list *l, enum explore_shown shown)
{
	l->shown = shown;
	fill(l);
}

void explore_list_set_filter(struct explore_list *l, const char *text)
{
	char *filter = text && *text ? mem_strdup(text) : NULL;
	free(l->filter);
	l->filter = filter;
	find_hits(l);
	fill(l);
}

size_t explore_list_row_of(const struct explore_list *l, uint32_t node)
{
	size_t i = 0;
	while (i < l->count && l->rows[i] != node)
		i++;
	return i;
}

uint32_t explore_list_match(const struct explore_list *l, uint32_t from, bool forward)
{
	const uint32_t n = (uint32_t)l->tree->count;
	if (!explore_list_matches(l))
		return VIEW_NONE;
	do
		from = forward ? (from + 1) % n : (from + n - 1) % n;
	while (!hits_in(l, from, from + 1));
	return from;
}

size_t explore_list_matches(const struct explore_list *l)
{
	return l->hits ? l->hits[l->tree->count] : 0;
}

void explore_list_done(struct explore_list *l)
{
	free(l->rows);
	free(l->filter);
	free(l->hits);
	free(l->gone);
	*l = (struct explore_list){0};
}
