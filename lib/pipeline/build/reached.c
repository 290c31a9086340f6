#include "pipeline/build/reached.h"

#include "keep/application/package_programs.h"
#include "keep/closure/closures.h"

static void add_healed(const struct keep_set *healed, struct keep_set *k)
{
	for (uint32_t id = 0; id < image_index_count(k->index); id++)
		if (healed->reasons[id].kind == KEEP_HEALED)
			keep_node(k, id, KEEP_WHY(KEEP_HEALED, IMAGE_NONE));
}

/* A node that a run touched counts, even if the user excludes it. */
static void add_touched(const struct evidence *e, bool *reached)
{
	for (size_t i = 0; i < e->trace->paths.count; i++)
		for (int follow = 0; follow < 2; follow++) {
			uint32_t node = evidence_way(e, i, follow)->node;
			if (node != IMAGE_NONE)
				reached[node] = true;
		}
}

static int add_named(const struct keep_set *k, bool *reached, struct err *err)
{
	CLEANUP_KEEP_UNPROVEN struct keep_unproven named = {0};
	int r = keep_unproven_find(k, &named, err);
	for (size_t i = 0; r == 0 && i < named.count; i++)
		reached[named.items[i].node] = true;
	return r;
}

int pipeline_reached(const struct pipeline_selection *selection, const struct evidence *evidence, bool *reached,
		     struct err *err)
{
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	CLEANUP_STRLIST struct strlist ignored = {0}; /* patterns without a match: the build has noted them */
	keep_set_init(&k, selection->keep.index, selection->keep.config, KEEP_CLOSURE);
	k.mentions = &mentions;
	keep_policy_exclude(&k, selection->policy, &ignored);
	keep_trace(&k, evidence);
	keep_config(&k, selection->keep.config);
	keep_policy_include(&k, selection->policy, &ignored);
	add_healed(&selection->keep, &k);
	keep_package_programs(&k, &selection->packages, evidence);
	int r = keep_closures(&k, err);
	for (uint32_t id = 0; r == 0 && id < image_index_count(k.index); id++)
		reached[id] = keep_has(&k, id);
	add_touched(evidence, reached);
	return r < 0 ? r : add_named(&k, reached, err);
}
