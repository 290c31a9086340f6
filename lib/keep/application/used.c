#include "keep/application/used.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keep/application/leftovers.h"
#include "keep/words.h"

void keep_used_init(struct keep_used *u, const struct keep_set *k)
{
	uint32_t n = image_index_count(k->index);
	*u = (struct keep_used){.below = mem_calloc(n, sizeof(*u->below))};
	for (uint32_t id = 0; id < n; id++) {
		const struct image_node *node = image_index_node(k->index, id);
		if (!S_ISREG(node->mode) || k->reasons[id].kind != KEEP_TRACE)
			continue;
		const char *source = keep_leftover_source(node->name);
		if (*source)
			(void)strset_add(&u->sources, source);
		for (uint32_t at = id; !u->below[at]; at = image_index_node(k->index, at)->parent)
			u->below[at] = true;
	}
}

void keep_used_done(struct keep_used *u)
{
	free(u->below);
	strset_done(&u->sources);
	*u = (struct keep_used){0};
}

/* What reads sources of C reads those of C++, and headers. */
static bool reads_family(const struct keep_used *u, const char *source)
{
	static const char *const family[] = {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp"};
	bool any = false;
	for (size_t i = 0; KEEP_WORDS_HAVE(family, source) && i < sizeof(family) / sizeof(family[0]); i++)
		any |= strset_find(&u->sources, family[i]) != STRSET_NONE;
	return any;
}

bool keep_used_lacks_source(const struct keep_used *u, const char *name)
{
	const char *source = keep_leftover_source(name);
	return *source && strset_find(&u->sources, source) == STRSET_NONE && !reads_family(u, source);
}
