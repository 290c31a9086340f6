#include "view/tree_of_diff.h"

#include <string.h>

#include "inspect/list.h"

/* Ways in which a path changed. */
enum change { KIND = 1 << 0, CONTENT = 1 << 1, MODE = 1 << 2, OWNER = 1 << 3 };
static const char *const change_names[] = {"kind", "content", "mode", "owner"};
#define CHANGES (sizeof(change_names) / sizeof(change_names[0]))

/* What the image shows at the path; of a hard link, the file. NULL = nothing. */
static const struct inspect_entry *entry_of(const struct inspect_history *h, const char *path)
{
	for (int links = 0; links < 2; links++) {
		const size_t at = inspect_history_find(h, path);
		const struct inspect_version *v = at == SIZE_MAX ? NULL : inspect_history_final(h, at);
		if (!v || v->entry->kind != INSPECT_HARDLINK)
			return v ? v->entry : NULL;
		path = v->entry->target;
	}
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static unsigned compare(const struct inspect_entry *a, const struct inspect_entry *b)
{
	if (!a || !b || a->kind != b->kind)
		return a == b ? 0 : KIND;
	return (a->bytes == b->bytes && a->crc == b->crc && same_text(a->target, b->target) ? 0 : CONTENT) |
	       (a->mode == b->mode ? 0 : MODE) | (a->uid == b->uid && a->gid == b->gid ? 0 : OWNER);
}

/* "its content and mode changed" */
static uint32_t reason(struct view_tree *t, unsigned changes)
{
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < CHANGES; i++)
		if (changes >> i & 1)
			buf_printf(&b, "%s%s", b.len ? " and " : "its ", change_names[i]);
	buf_str(&b, " changed");
	return (uint32_t)strset_add(&t->reasons, b.data);
}

/* n: of from, the tree of one image. Its node in t. */
static struct view_node *add(struct view_tree *t, const struct view_tree *from, const struct view_node *n)
{
	struct view_node *out = view_tree_add(t, n->path, strlen(n->path));
	out->kind = n->kind;
	out->layer = n->layer;
	if (n->package != VIEW_NONE)
		out->package = (uint32_t)strset_add(&t->packages, strset_get(&from->packages, n->package));
	return out;
}

static void add_both(struct view_tree *t, const struct view_inspected sides[2], const struct view_tree trees[2],
		     const struct view_node *a, const struct view_node *b)
{
	const unsigned changes = compare(entry_of(sides[0].history, a->path), entry_of(sides[1].history, b->path));
	struct view_node *n = add(t, &trees[1], b);
	if (a->package != VIEW_NONE)
		n->package = (uint32_t)strset_add(&t->packages, strset_get(&trees[0].packages, a->package));
	n->bytes_before = a->kind == VIEW_DIRECTORY ? 0 : a->bytes_before;
	n->bytes_after = b->kind == VIEW_DIRECTORY ? 0 : b->bytes_after;
	if (!changes)
		return;
	n->why = reason(t, changes);
	if (n->kind != VIEW_DIRECTORY)
		n->state = VIEW_CHANGED;
}

static void merge(const struct view_inspected sides[2], const struct view_tree trees[2], struct view_tree *out)
{
	size_t at[2] = {0};
	while (at[0] < trees[0].count || at[1] < trees[1].count) {
		const struct view_node *a = at[0] < trees[0].count ? &trees[0].nodes[at[0]] : NULL;
		const struct view_node *b = at[1] < trees[1].count ? &trees[1].nodes[at[1]] : NULL;
		const int order = !a ? 1 : !b ? -1 : inspect_path_order(a->path, b->path);
		if (order == 0) {
			add_both(out, sides, trees, a, b);
		} else if (order < 0) {
			struct view_node *n = add(out, &trees[0], a);
			n->state = VIEW_REMOVED;
			n->bytes_before = a->bytes_before;
		} else {
			struct view_node *n = add(out, &trees[1], b);
			n->state = VIEW_ADDED;
			n->bytes_after = b->bytes_after;
		}
		at[0] += order <= 0;
		at[1] += order >= 0;
	}
	view_tree_finish(out);
}

int view_tree_of_diff(const struct view_inspected sides[2], struct view_tree *out, struct err *err)
{
	struct view_tree trees[2] = {0};
	int r = 0;
	for (int i = 0; r == 0 && i < 2; i++)
		if ((r = view_tree_of_image(&sides[i], &trees[i], err)) < 0)
			(void)err_wrap(err, "the %s image", i ? "second" : "first");
	if (r == 0)
		merge(sides, trees, out);
	view_tree_done(&trees[0]);
	view_tree_done(&trees[1]);
	return r;
}
