#include "ci/lock/changes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strset.h"
#include "ci/lock/token.h"

#define LINES 30 /* of one kind of change; more are summed up by directories further up */
#define DEEPEST 8

const char *const ci_lock_change_names[CI_LOCK_CHANGES] = {"new", "changed", "dropped"};

/* From this number on, changes of one directory are counted and not named. */
static const size_t counted[CI_LOCK_CHANGES] = {4, 11, 4};

size_t ci_lock_directory(const char *path, bool itself, unsigned depth)
{
	const char *slash = strrchr(path, '/');
	const size_t n = itself ? strlen(path) : slash ? (size_t)(slash - path) : 0;
	for (size_t i = 1; i < n; i++)
		if (path[i] == '/' && !--depth)
			return i;
	return n ? n : 1;
}

void ci_lock_changes_add(struct ci_lock_changes *c, enum ci_lock_change change, const char *path, char *how)
{
	c->items = mem_grow(c->items, c->count, &c->cap, sizeof(*c->items));
	c->items[c->count++] = (struct ci_lock_changed){change, mem_strdup(path), how};
}

static int by_path(const void *a, const void *b)
{
	const struct ci_lock_changed *x = a, *y = b;
	return x->change != y->change ? (int)x->change - (int)y->change : strcmp(x->path, y->path);
}

/* Changes of one kind, by directory. */
struct groups {
	struct strset paths;
	size_t *counts;
};

static void make_groups(const struct ci_lock_changed *items, size_t n, unsigned depth, struct groups *g)
{
	strset_done(&g->paths);
	memset(g->counts, 0, n * sizeof(*g->counts));
	for (size_t i = 0; i < n; i++) {
		const char *path = items[i].path;
		g->counts[strset_add_len(&g->paths, path, ci_lock_directory(path, false, depth), NULL)]++;
	}
}

static size_t count_lines(const struct groups *g, size_t most)
{
	size_t lines = 0;
	for (size_t i = 0; i < g->paths.count; i++)
		lines += g->counts[i] >= most ? 1 : g->counts[i];
	return lines;
}

static void tell_one(const struct ci_lock_changed *item, struct strlist *out)
{
	CLEANUP_BUF struct buf line = {0};
	ci_lock_token_show(&line, item->path, strlen(item->path));
	buf_printf(&line, " %s", ci_lock_change_names[item->change]);
	if (item->how)
		buf_printf(&line, ": %s", item->how);
	strlist_take(out, buf_steal(&line));
}

static void tell_group(enum ci_lock_change change, size_t n, const char *path, struct strlist *out)
{
	CLEANUP_BUF struct buf line = {0};
	buf_printf(&line, "%zu files %s under ", n, ci_lock_change_names[change]);
	ci_lock_token_show(&line, path, strlen(path));
	strlist_take(out, buf_steal(&line));
}

/* n items of one kind, sorted. */
static void tell_kind(const struct ci_lock_changed *items, size_t n, struct strlist *out)
{
	const enum ci_lock_change change = items[0].change;
	const size_t most = counted[change];
	CLEANUP_FREE size_t *counts = mem_calloc(n, sizeof(*counts));
	struct groups g = {.counts = counts};
	unsigned depth = UINT32_MAX;
	make_groups(items, n, depth, &g);
	for (depth = DEEPEST; count_lines(&g, most) > LINES && depth; depth--)
		make_groups(items, n, depth, &g);
	depth = depth == DEEPEST ? UINT32_MAX : depth + 1; /* of the groups */
	for (size_t i = 0; i < n; i++) {
		size_t id = strset_find_len(&g.paths, items[i].path, ci_lock_directory(items[i].path, false, depth));
		if (counts[id] && counts[id] < most)
			tell_one(&items[i], out);
		else if (counts[id])
			tell_group(change, counts[id], strset_get(&g.paths, id), out);
		counts[id] = counts[id] < most ? counts[id] : 0; /* already listed */
	}
	strset_done(&g.paths);
}

void ci_lock_changes_tell(struct ci_lock_changes *c, struct strlist *out)
{
	if (c->count)
		qsort(c->items, c->count, sizeof(*c->items), by_path);
	for (size_t i = 0, n; i < c->count; i += n) {
		for (n = 1; i + n < c->count && c->items[i + n].change == c->items[i].change;)
			n++;
		tell_kind(&c->items[i], n, out);
	}
}

void ci_lock_changes_done(struct ci_lock_changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].path);
		free(c->items[i].how);
	}
	free(c->items);
	*c = (struct ci_lock_changes){0};
}
