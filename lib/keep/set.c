#include "keep/set.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keep/mentions.h"
#include "text/path.h"

void keep_set_init(struct keep_set *k, const struct image_index *index, const struct oci_image_config *config,
		   enum keep_level level)
{
	uint32_t n = image_index_count(index);
	*k = (struct keep_set){
	    .index = index,
	    .config = config,
	    .level = level,
	    .reasons = mem_calloc(n, sizeof(*k->reasons)),
	    .queue = mem_calloc(n, sizeof(*k->queue)),
	};
}

void keep_set_done(struct keep_set *k)
{
	free(k->reasons);
	free(k->queue);
	free(k->excluded);
	strset_done(&k->notes);
	free(k->left_out.items);
	idmap_done(&k->left_out.nodes);
	*k = (struct keep_set){0};
}

uint32_t keep_note(struct keep_set *k, const char *text)
{
	return (uint32_t)strset_add(&k->notes, text);
}

bool keep_note_is_tree(const char *note)
{
	return path_ends_with(note, "-tree");
}

static void mention(struct keep_set *k, uint32_t node, bool whole, struct keep_reason why)
{
	bool dir = S_ISDIR(image_index_node(k->index, node)->mode);
	if (!k->mentions)
		return;
	if (why.kind == KEEP_TRACE)
		(void)idmap_add(&k->mentions->used, 0, node);
	if (dir ? whole : !keep_has(k, node))
		keep_mentions_add(k->mentions, node, whole, why,
				  why.note == KEEP_NO_NOTE ? "" : strset_get(&k->notes, why.note));
}

void keep_mention(struct keep_set *k, uint32_t node, struct keep_reason why)
{
	mention(k, node, false, why);
}

void keep_mention_whole(struct keep_set *k, uint32_t dir, struct keep_reason why)
{
	mention(k, dir, true, why);
}

void keep_leave_out(struct keep_set *k, uint32_t node, struct keep_limit limit, struct keep_reason why)
{
	struct keep_left_out *l = &k->left_out;
	keep_mention_whole(k, node, why);
	if (k->tells || k->level < KEEP_CLOSURE || k->level >= KEEP_MOST || !idmap_add(&l->nodes, 0, node))
		return;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct keep_left_out_item){node, limit, why};
}

/* Whether it may be kept. */
static bool is_open(const struct keep_set *k, uint32_t node)
{
	return !k->tells && !(k->excluded && k->excluded[node]);
}

void keep_node(struct keep_set *k, uint32_t node, struct keep_reason why)
{
	if (!is_open(k, node)) {
		keep_mention(k, node, why);
		return;
	}
	while (!keep_has(k, node)) {
		k->reasons[node] = why;
		k->queue[k->n_kept++] = node;
		if (node == 0)
			return;
		why = KEEP_WHY(KEEP_PARENT, node);
		node = image_index_node(k->index, node)->parent;
	}
}

/* A directory that is entered is kept as the parent of what comes next. A turn leaves it, so it is kept for itself. */
void keep_way(struct keep_set *k, const struct evidence_way *way, const struct evidence_steps *steps,
	      struct keep_reason why)
{
	uint32_t at = way->first;
	for (uint32_t i = 0; i < way->n_turns; i++)
		keep_node(k, steps->items[at++], why);
	if (way->last != IMAGE_NONE)
		keep_node(k, way->node != IMAGE_NONE ? way->node : way->last, why);
	struct keep_reason crossed = way->node == IMAGE_NONE ? why : KEEP_WHY(KEEP_SYMLINK, way->node);
	for (uint32_t i = 0; i < way->n_links; i++, at++) {
		if (is_open(k, steps->items[at]))
			keep_node(k, steps->items[at], crossed);
		else
			keep_mention(k, steps->items[at], why); /* who names the end names the link */
	}
}

uint32_t keep_path(struct keep_set *k, const char *path, bool follow, struct keep_reason why)
{
	CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
	struct evidence_way way;
	evidence_way_find(k->index, NULL, path, follow, &steps, &way);
	keep_way(k, &way, &steps, why);
	return way.node;
}

void keep_trace(struct keep_set *k, const struct evidence *e)
{
	const struct trace *t = e->trace;
	CLEANUP_FREE size_t *order = strset_sorted(&t->paths); /* ids come in an order that varies from run to run */
	for (size_t i = 0; i < t->paths.count; i++) {
		const struct trace_entry *entry = &t->entries[order[i]];
		struct keep_reason why = KEEP_WHY(KEEP_TRACE, (uint32_t)order[i]);
		if (evidence_names(entry)) /* absent: the way to it is what matters */
			keep_way(k, evidence_way(e, order[i], false), &e->steps, why);
		if (evidence_follows(entry))
			keep_way(k, evidence_way(e, order[i], true), &e->steps, why);
	}
}
