#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ci/lock/changes.h"
#include "ci/lock/lock.h"
#include "ci/lock/sum.h"

#define DEEPEST 16

/* The entries that belong to no package, by directory. */
struct groups {
	struct strset paths;
	uint32_t *of; /* by entry: id of its group; not set for entries of packages */
	size_t *counts;
	size_t most; /* a group with more entries becomes one line */
};

static void groups_done(struct groups *g)
{
	strset_done(&g->paths);
	free(g->of);
	free(g->counts);
	*g = (struct groups){0};
}

static void make_groups(const struct ci_lock_listing *l, unsigned depth, struct groups *g)
{
	groups_done(g);
	g->of = mem_calloc(l->count, sizeof(*g->of));
	g->counts = mem_calloc(l->count, sizeof(*g->counts));
	for (size_t i = 0; i < l->count; i++) {
		const struct ci_lock_entry *e = &l->entries[i];
		if (e->package != CI_LOCK_NO_PACKAGE)
			continue;
		g->of[i] =
		    (uint32_t)strset_add_len(&g->paths, e->path, ci_lock_directory(e->path, e->directory, depth), NULL);
		g->counts[g->of[i]]++;
	}
}

static size_t count_lines(const struct groups *g, size_t most)
{
	size_t lines = 0;
	for (size_t i = 0; i < g->paths.count; i++)
		lines += g->counts[i] > most ? 1 : g->counts[i];
	return lines;
}

/* Gives as many entries as possible a line of their own. The steps are coarse, so that one file more or less rarely
 * changes the lines of others. */
static void choose_groups(const struct ci_lock_listing *l, struct groups *g)
{
	make_groups(l, UINT32_MAX, g);
	g->most = SIZE_MAX;
	if (count_lines(g, g->most) <= CI_LOCK_LINES)
		return;
	for (g->most = 512; g->most > 1; g->most /= 2)
		if (count_lines(g, g->most) <= CI_LOCK_LINES)
			return;
	for (unsigned depth = DEEPEST; count_lines(g, 1) > CI_LOCK_LINES && depth; depth--)
		make_groups(l, depth, g);
}

static void add_sums(struct ci_lock_sum *sums, const struct strset *keys, const char *kind, struct strset *lines)
{
	for (size_t i = 0; i < keys->count; i++) {
		CLEANUP_BUF struct buf line = {0};
		if (sums[i].count) {
			ci_lock_sum_end(&sums[i]);
			buf_printf(&line, "%s %s ", kind, strset_get(keys, i));
			ci_lock_sum_write(&sums[i], &line);
			strset_add_len(lines, line.data, line.len, NULL);
		}
		ci_lock_sum_done(&sums[i]);
	}
}

static void add_entries(const struct ci_lock_listing *l, const struct groups *g, struct strset *lines)
{
	CLEANUP_FREE struct ci_lock_sum *files = mem_calloc(g->paths.count, sizeof(*files));
	CLEANUP_FREE struct ci_lock_sum *packages = mem_calloc(l->packages.count, sizeof(*packages));
	for (size_t i = 0; i < l->count; i++) {
		struct ci_lock_entry *e = &l->entries[i];
		if (e->package != CI_LOCK_NO_PACKAGE)
			ci_lock_sum_add(&packages[e->package], e);
		else if (g->counts[g->of[i]] > g->most)
			ci_lock_sum_add(&files[g->of[i]], e);
		else
			strset_add(lines, e->line);
	}
	add_sums(files, &g->paths, ci_lock_kind_names[CI_LOCK_FILES], lines);
	add_sums(packages, &l->packages, ci_lock_kind_names[CI_LOCK_PACKAGE], lines);
}

void ci_lock_write(const struct ci_lock_listing *l, struct buf *out)
{
	struct groups g = {0};
	CLEANUP_STRSET struct strset lines = {0};
	choose_groups(l, &g);
	for (size_t i = 0; i < l->config.count; i++)
		strset_add(&lines, strset_get(&l->config, i));
	add_entries(l, &g, &lines);
	groups_done(&g);
	CLEANUP_FREE size_t *order = strset_sorted(&lines);
	buf_printf(out, CI_LOCK_SCHEMA "\nsize_bytes %" PRIu64 "\ncompressed_bytes %" PRIu64 "\n", l->size_bytes,
		   l->compressed_bytes);
	for (size_t i = 0; i < lines.count; i++)
		buf_printf(out, "%s\n", strset_get(&lines, order[i]));
}
