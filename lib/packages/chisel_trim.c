/* Trims chisel's manifest. As with dpkg, a package remains if a path of it is kept that is not a directory; a slice, if
 * any path of it is kept and its package remains; a path, if it is kept and a slice of it remains. The manifest counts
 * as kept: it is in the result, and a chisel that reads it expects its own path in it. */
#include <stdlib.h>
#include <string.h>

#include "base/idmap.h"
#include "base/mem.h"
#include "packages/chisel.h"

struct trimming {
	struct packages_chisel c;
	const struct image_index *x;
	const bool *kept;
	bool *remains;        /* by number of the package */
	struct strset slices; /* that have a kept path */
	struct idmap inodes;  /* numbers of hard links: how many kept paths have each; later, its new number or 0 */
	struct packages_wall_lines lines;
	bool changed;
};

static void trimming_done(struct trimming *t)
{
	packages_chisel_done(&t->c);
	free(t->remains);
	strset_done(&t->slices);
	idmap_done(&t->inodes);
	packages_wall_lines_done(&t->lines);
}

/* The node at the path of a line, if it is kept. */
static uint32_t kept_node(const struct trimming *t, const json_t *entry)
{
	const char *path = packages_wall_text(entry, "path");
	uint32_t node = *path == '/' ? image_index_resolve(t->x, path, false, NULL, NULL) : IMAGE_NONE;
	return node != IMAGE_NONE && (t->kept[node] || node == t->c.node) ? node : IMAGE_NONE;
}

static bool package_remains(const struct trimming *t, const char *slice)
{
	uint32_t package = packages_chisel_of_slice(&t->c, slice);
	return package != PACKAGES_NONE && t->remains[package];
}

/* ---- what remains ---- */

static void see_path(struct trimming *t, const json_t *entry)
{
	uint32_t node = kept_node(t, entry);
	if (node == IMAGE_NONE)
		return;
	const bool is_dir = packages_leads_to_directory(t->x, node);
	const json_t *slices = json_object_get(entry, "slices"), *inode = json_object_get(entry, "inode"), *slice;
	bool stays = false;
	size_t i;
	json_array_foreach (slices, i, slice) {
		const char *name = json_string_value(slice);
		uint32_t package = name ? packages_chisel_of_slice(&t->c, name) : PACKAGES_NONE;
		if (package == PACKAGES_NONE)
			continue;
		(void)strset_add(&t->slices, name);
		t->remains[package] |= !is_dir;
		stays = !is_dir;
	}
	if (stays && json_is_integer(inode))
		(*idmap_at(&t->inodes, 0, (uint64_t)json_integer_value(inode), NULL))++;
}

static int by_number(const void *a, const void *b)
{
	const struct idmap_item *const *x = a, *const *y = b;
	return ((*x)->key[1] > (*y)->key[1]) - ((*x)->key[1] < (*y)->key[1]);
}

/* Numbers the groups of hard links from 1 on, without those of which one path is left. */
static void number_inodes(struct idmap *inodes)
{
	CLEANUP_FREE struct idmap_item **sorted = mem_calloc(inodes->count, sizeof(struct idmap_item *));
	for (size_t i = 0; i < inodes->count; i++)
		sorted[i] = &inodes->items[i];
	if (inodes->count)
		qsort(sorted, inodes->count, sizeof(struct idmap_item *), by_number);
	for (size_t i = 0, next = 1; i < inodes->count; i++)
		sorted[i]->value = sorted[i]->value > 1 ? next++ : 0;
}

/* ---- the new lines ---- */

/* Leaves only the slices that remain. False if there are none. */
static bool cut_slices(const struct trimming *t, json_t *entry, bool *changed)
{
	const json_t *slices = json_object_get(entry, "slices");
	json_t *left = json_array(), *slice;
	size_t i;
	json_array_foreach (slices, i, slice) {
		const char *name = json_string_value(slice);
		if (name && package_remains(t, name))
			json_array_append(left, slice);
	}
	const bool any = json_array_size(left) > 0;
	*changed |= json_array_size(left) < json_array_size(slices);
	json_object_set_new(entry, "slices", left);
	return any;
}

static void cut_inode(const struct trimming *t, json_t *entry, bool *changed)
{
	const json_t *inode = json_object_get(entry, "inode");
	if (!json_is_integer(inode))
		return;
	const uint64_t old = (uint64_t)json_integer_value(inode), *new = idmap_find(&t->inodes, 0, old);
	if (!new || !*new)
		json_object_del(entry, "inode");
	else if (*new != old)
		json_object_set_new(entry, "inode", json_integer((json_int_t) * new));
	*changed |= !new || *new != old;
}

static bool keep_path(struct trimming *t, const struct packages_wall_cursor *at)
{
	bool changed = false;
	if (kept_node(t, at->entry) == IMAGE_NONE || !cut_slices(t, at->entry, &changed))
		return false;
	cut_inode(t, at->entry, &changed);
	if (changed)
		packages_wall_add(&t->lines, at->entry);
	else
		packages_wall_keep(&t->lines, at->line);
	t->changed |= changed;
	return true;
}

/* A line of a kind that is not known here stays. */
static bool stays(const struct trimming *t, const json_t *entry)
{
	const char *kind = packages_wall_text(entry, "kind"), *name = packages_wall_text(entry, "name"),
		   *slice = packages_wall_text(entry, "slice");
	if (strcmp(kind, "package") == 0) {
		size_t id = strset_find(&t->c.listed, name);
		return id != STRSET_NONE && t->remains[t->c.listed_at[id]];
	}
	if (strcmp(kind, "slice") == 0)
		return package_remains(t, name) && strset_find(&t->slices, name) != STRSET_NONE;
	if (strcmp(kind, "content") == 0)
		return package_remains(t, slice) && kept_node(t, entry) != IMAGE_NONE;
	return entry != NULL;
}

static void make_lines(struct trimming *t)
{
	struct packages_wall_cursor at = {.wall = &t->c.wall};
	while (packages_wall_next(&at)) {
		if (strcmp(packages_wall_text(at.entry, "kind"), "path") == 0)
			t->changed |= !keep_path(t, &at);
		else if (stays(t, at.entry))
			packages_wall_keep(&t->lines, at.line);
		else
			t->changed = true;
	}
}

int packages_chisel_trim(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	CLEANUP(trimming_done) struct trimming t = {.x = x, .kept = kept};
	if (!packages_chisel_open(x, &t.c))
		return 0;
	packages_chisel_learn(&t.c, p, NULL);
	t.remains = mem_calloc(p->count, sizeof(*t.remains));
	struct packages_wall_cursor at = {.wall = &t.c.wall};
	while (packages_wall_next(&at))
		if (strcmp(packages_wall_text(at.entry, "kind"), "path") == 0)
			see_path(&t, at.entry);
	number_inodes(&t.inodes);
	make_lines(&t);
	struct buf *content = packages_edit_add(out, t.c.node);
	if (t.changed)
		packages_wall_write(&t.c.wall, &t.lines, content);
	else
		buf_append(content, t.c.packed.data, t.c.packed.len); /* byte for byte */
	return 0;
}
