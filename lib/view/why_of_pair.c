#include "view/why_of_pair.h"

#include "base/mem.h"
#include "report/why.h"

/* Adds the kinds of a use to the node of the tree that the way leads to. */
static void add_way(const struct view_tree *t, const struct evidence *used, const struct evidence_way *way,
		    uint32_t kinds, uint32_t *out)
{
	CLEANUP_BUF struct buf path = {0};
	if (way->node == IMAGE_NONE)
		return;
	image_index_path(used->index, way->node, &path);
	const size_t node = view_tree_find(t, path.data);
	if (node != SIZE_MAX)
		out[node] |= kinds;
}

/* By node of the tree: enum trace_kind. */
static uint32_t *find_uses(const struct view_tree *t, const struct evidence *used)
{
	uint32_t *kinds = mem_calloc(t->count, sizeof(*kinds));
	for (size_t i = 0; used && i < used->trace->paths.count; i++) {
		const struct trace_entry *e = &used->trace->entries[i];
		if (evidence_names(e))
			add_way(t, used, evidence_way(used, i, false), e->kinds, kinds);
		if (evidence_follows(e))
			add_way(t, used, evidence_way(used, i, true), e->kinds, kinds);
	}
	return kinds;
}

static void add_use(uint32_t kinds, struct buf *out)
{
	const char *sep = ": ";
	buf_str(out, "a run of the original used it");
	for (int i = 0; i < TRACE_KINDS; i++)
		if ((kinds & ~(uint32_t)(TRACE_FOLLOW | TRACE_NOFOLLOW)) >> i & 1) {
			buf_printf(out, "%s%s", sep, trace_kind_names[i]);
			sep = ", ";
		}
}

static void add_build(struct report_why_lists *built, const char *path, struct buf *out)
{
	json_auto_t *v = report_why_lists_find(built, REPORT_WHY_KEPT, path);
	if (!v)
		return;
	buf_str(out, out->len ? "; the build kept it: " : "the build kept it: ");
	report_why_reason(v, out);
}

void view_why_of_pair(struct view_tree *t, const struct evidence *used, struct report_why_lists *built)
{
	CLEANUP_FREE uint32_t *kinds = find_uses(t, used);
	for (size_t i = 0; i < t->count; i++) {
		struct view_node *n = &t->nodes[i];
		CLEANUP_BUF struct buf why = {0};
		if (n->state == VIEW_ADDED)
			buf_str(&why, "the original does not have it");
		else if (kinds[i])
			add_use(kinds[i], &why);
		else if (used && n->kind != VIEW_DIRECTORY)
			buf_str(&why, "no run of the original used it");
		if (built && n->state != VIEW_REMOVED)
			add_build(built, n->path, &why);
		if (why.len)
			n->why = (uint32_t)strset_add_len(&t->reasons, why.data, why.len, NULL);
	}
}
