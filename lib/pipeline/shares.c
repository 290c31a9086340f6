#include "pipeline/shares.h"

#include "base/mem.h"
#include "image/file.h"
#include "keep/trees/own_tree.h"

/* All others are what the used files need. */
static const uint8_t kinds[] = {
    [KEEP_TRACE] = REPORT_SHARE_USED,
    [KEEP_HEALED] = REPORT_SHARE_USED,
    [KEEP_APPLICATION] = REPORT_SHARE_APPLICATION,
    [KEEP_NAMED] = REPORT_SHARE_NAMED,
    [KEEP_POLICY] = REPORT_SHARE_OPTIONS,
    [KEEP_REST] = REPORT_SHARE_REST,
};

static enum report_share share_of(const struct keep_set *k, struct keep_reason r)
{
	if (r.kind == KEEP_RULE && r.note != KEEP_NO_NOTE && keep_note_is_tree(strset_get(&k->notes, r.note)))
		return REPORT_SHARE_TREES;
	return r.kind < sizeof(kinds) ? kinds[r.kind] : REPORT_SHARE_NEEDED;
}

/* A link of a tree may lead out of it. */
static uint32_t tree_of(const struct image_index *x, uint32_t node)
{
	uint32_t tree = keep_own_tree_of(x, node);
	return tree != IMAGE_NONE ? tree : image_index_node(x, node)->parent;
}

static void add_biggest(const struct image_index *x, uint64_t *trees, struct report_shares *out)
{
	for (size_t i = 0; i < REPORT_TREES; i++) {
		uint32_t biggest = 0;
		for (uint32_t id = 0; id < image_index_count(x); id++)
			if (trees[id] > trees[biggest])
				biggest = id;
		if (!trees[biggest])
			return;
		CLEANUP_BUF struct buf path = {0};
		image_index_path(x, biggest, &path);
		out->trees[i] = (struct report_tree){buf_steal(&path), trees[biggest]};
		trees[biggest] = 0;
	}
}

void pipeline_shares_fill(const struct keep_set *k, struct report_shares *out)
{
	CLEANUP_FREE uint64_t *trees = mem_calloc(image_index_count(k->index), sizeof(*trees));
	CLEANUP_IMAGE_FILES struct image_files files = {0};
	for (uint32_t id = 0; id < image_index_count(k->index); id++) {
		const struct image_node *n = image_index_node(k->index, id);
		if (!keep_has(k, id) || !S_ISREG(n->mode) || image_files_first(&files, k->index, id) != id)
			continue;
		enum report_share share = share_of(k, k->reasons[id]);
		out->bytes[share] += n->size;
		if (share == REPORT_SHARE_TREES)
			trees[tree_of(k->index, id)] += n->size;
	}
	add_biggest(k->index, trees, out);
}
