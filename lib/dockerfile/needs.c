#include "dockerfile/needs.h"

#include <string.h>

#include "base/mem.h"
#include "base/strset.h"

static const char *suffix_of(const struct image_node *n)
{
	const char *dot = strrchr(n->name, '.');
	return dot && dot != n->name ? dot : "";
}

/* The suffixes of the files in a directory that are of use. */
static void find_suffixes(const struct image_index *x, const bool *reached, uint32_t dir, struct strset *out)
{
	const struct image_node *n = image_index_node(x, dir);
	for (uint32_t i = n->first_child; i < n->first_child + n->n_children; i++)
		if (reached[i] && !S_ISDIR(image_index_node(x, i)->mode))
			strset_add(out, suffix_of(image_index_node(x, i)));
}

static void judge_children(const struct keep_set *k, const bool *reached, bool verified, uint32_t dir, uint8_t *needs)
{
	CLEANUP_STRSET struct strset suffixes = {0};
	const struct image_node *n = image_index_node(k->index, dir);
	find_suffixes(k->index, reached, dir, &suffixes);
	for (uint32_t i = n->first_child; i < n->first_child + n->n_children; i++) {
		if (reached[i])
			continue;
		if (!keep_has(k, i) && verified)
			needs[i] = DOCKERFILE_DROPPED;
		else if (strset_find(&suffixes, suffix_of(image_index_node(k->index, i))) == STRSET_NONE)
			needs[i] = DOCKERFILE_UNUSED;
	}
}

uint8_t *dockerfile_needs(const struct keep_set *k, const bool *reached, bool verified)
{
	const uint32_t count = image_index_count(k->index);
	uint8_t *needs = mem_calloc(count, sizeof(*needs)); /* DOCKERFILE_USED */
	for (uint32_t id = 0; id < count; id++)
		if (S_ISDIR(image_index_node(k->index, id)->mode))
			judge_children(k, reached, verified, id, needs);
	return needs;
}
