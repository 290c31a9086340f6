#include "keep/left_out.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/documentation.h"
#include "keep/tree.h"

#define MIN_BYTES 100000   /* less is not worth a note */
#define MAX_TOGETHER 20000 /* entries of a directory that stands for what is in it */
#define MAX_NOTES 12       /* of single directories; more are told in one */

struct missing {
	const struct keep_left_out_item *item;
	uint64_t bytes, of; /* that are missing, and of how many */
};

/* ---- what is missing ---- */

static bool is_documentation(const struct image_index *x, uint32_t node)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, node, &path);
	return keep_documentation_is(path.data);
}

static bool is_missed(const struct image_node *n)
{
	return !keep_tree_leaves_out(n, KEEP_TREE_CODE) && !keep_tree_leaves_out(n, KEEP_TREE_OWN);
}

static uint64_t missing_bytes(const struct keep_set *k, uint32_t id)
{
	const struct image_node *n = image_index_node(k->index, id);
	return S_ISREG(n->mode) && !keep_has(k, id) && !(k->excluded && k->excluded[id]) ? n->size : 0;
}

/* By node: the bytes of the files that are missing, the node's own and those below it. all: kept ones, too. */
static uint64_t *weigh(const struct keep_set *k, bool all)
{
	uint64_t *bytes = mem_calloc(image_index_count(k->index), sizeof(*bytes));
	for (uint32_t id = image_index_count(k->index); id-- > 1;) { /* parents have smaller ids */
		const struct image_node *n = image_index_node(k->index, id);
		bytes[id] += all && S_ISREG(n->mode) ? n->size : missing_bytes(k, id);
		if (!is_missed(n) || (S_ISDIR(n->mode) && bytes[id] && is_documentation(k->index, id)))
			bytes[id] = 0;
		bytes[n->parent] += bytes[id];
	}
	return bytes;
}

void keep_leave_out_paths(struct keep_set *k, const struct strlist *paths, struct keep_limit limit,
			  struct keep_reason why)
{
	CLEANUP_FREE uint32_t *nodes = mem_calloc(paths->count, sizeof(*nodes));
	uint32_t dir = IMAGE_NONE;
	uint64_t bytes = 0;
	size_t n = 0;
	for (size_t i = 0; i < paths->count; i++) {
		uint32_t node = image_index_resolve(k->index, paths->items[i], true, NULL, NULL);
		if (node == IMAGE_NONE || !missing_bytes(k, node))
			continue;
		nodes[n++] = node;
		bytes += missing_bytes(k, node);
		if (dir == IMAGE_NONE)
			dir = image_index_node(k->index, node)->parent;
		while (!keep_tree_holds(k->index, dir, node))
			dir = image_index_node(k->index, dir)->parent;
	}
	bool together = n > 1 && dir && keep_tree_fits(k->index, dir, (struct keep_limit){2 * bytes, MAX_TOGETHER});
	if (together)
		keep_leave_out(k, dir, limit, why);
	for (size_t i = 0; !together && i < n; i++)
		keep_leave_out(k, nodes[i], limit, why);
}

/* ---- notes ---- */

/* A tree lies above all that is in it, so of equals the smaller id comes first. */
static int by_missing(const void *a, const void *b)
{
	const struct missing *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
				    : (x->item->node > y->item->node) - (x->item->node < y->item->node);
}

static void add_cause(const struct keep_set *k, const struct keep_left_out_item *i, struct buf *out)
{
	const char *note = i->why.note == KEEP_NO_NOTE ? "" : strset_get(&k->notes, i->why.note);
	CLEANUP_BUF struct buf by = {0};
	if (i->why.by != IMAGE_NONE)
		image_index_path(k->index, i->why.by, &by);
	if (i->why.kind == KEEP_APPLICATION)
		buf_str(out, "it looks like the application's");
	else if (i->why.by == IMAGE_NONE)
		buf_str(out, "the image's configuration names it");
	else if (i->why.kind == KEEP_RULE && strcmp(note, "siblings") == 0)
		buf_printf(out, "a run opened %s beside it", by.data);
	else if (i->why.kind == KEEP_RULE && !keep_note_is_tree(note))
		buf_printf(out, "the rule %s asks for it because of %s", note, by.data);
	else if (i->why.kind == KEEP_RULE && keep_tree_holds(k->index, i->node, i->why.by))
		buf_printf(out, "a run used %s", by.data);
	else if (i->why.kind == KEEP_PACKAGE && keep_tree_holds(k->index, i->node, i->why.by))
		buf_printf(out, "%s in it is used", by.data);
	else if (i->why.kind == KEEP_PACKAGE)
		buf_printf(out, "it belongs to the package %s, of which %s is used", note, by.data);
	else
		buf_printf(out, "%s names it", by.data);
}

static void add_limit(const struct missing *m, struct buf *out)
{
	const struct keep_limit *l = &m->item->limit;
	if (l->entries && m->of <= l->bytes)
		buf_printf(out, "at most %u files", l->entries);
	else
		buf_printf(out, "at most %.1f MB", (double)l->bytes / 1e6);
}

static void tell(const struct keep_set *k, const struct missing *m, struct notes *notes)
{
	CLEANUP_BUF struct buf path = {0}, cause = {0}, limit = {0};
	double size = (double)m->bytes / 1e6;
	image_index_path(k->index, m->item->node, &path);
	add_cause(k, m->item, &cause);
	add_limit(m, &limit);
	if (m->bytes < m->of)
		notes_add(notes, "left-out-by-limit",
			  "%s is kept in part, without %.1f MB: %s, but slim adds %s for that; --include %s keeps all "
			  "of it",
			  path.data, size, cause.data, limit.data, path.data);
	else
		notes_add(notes, "left-out-by-limit",
			  "%s (%.1f MB) is left out: %s, but slim adds %s for that; --include %s keeps it", path.data,
			  size, cause.data, limit.data, path.data);
}

/* told: by node. */
static bool is_told(const struct image_index *x, const bool *told, uint32_t node)
{
	while (node && !told[node])
		node = image_index_node(x, node)->parent;
	return told[node];
}

void keep_left_out_tell(const struct keep_set *k, struct notes *notes)
{
	const struct keep_left_out *l = &k->left_out;
	if (!l->count)
		return;
	CLEANUP_FREE struct missing *all = mem_calloc(l->count, sizeof(*all));
	CLEANUP_FREE uint64_t *bytes_of = weigh(k, true), *missing = weigh(k, false);
	for (size_t i = 0; i < l->count; i++)
		all[i] = (struct missing){&l->items[i], missing[l->items[i].node], bytes_of[l->items[i].node]};
	CLEANUP_FREE bool *told = mem_calloc(image_index_count(k->index), sizeof(*told));
	qsort(all, l->count, sizeof(*all), by_missing);
	size_t n = 0, more = 0;
	uint64_t bytes = 0;
	for (size_t i = 0; i < l->count && all[i].bytes >= MIN_BYTES; i++) {
		uint32_t node = all[i].item->node;
		if (is_told(k->index, told, node) || is_documentation(k->index, node))
			continue;
		told[node] = true;
		if (n++ < MAX_NOTES) {
			tell(k, &all[i], notes);
		} else {
			more++;
			bytes += all[i].bytes;
		}
	}
	if (more)
		notes_add(notes, "left-out-by-limit",
			  "%zu more directories and files (%.1f MB) are left out by limits; --report FILE lists all "
			  "paths that are dropped, and --keep most has no limits",
			  more, (double)bytes / 1e6);
}
