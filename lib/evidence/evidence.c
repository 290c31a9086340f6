#include "evidence/evidence.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"

/* The two ways of a path are one unless the path ends at a symlink. */
static void add_ways(struct evidence *e, const char *path, size_t *count, size_t *cap)
{
	for (int follow = 0; follow < 2; follow++) {
		e->ways = mem_grow(e->ways, *count, cap, sizeof(*e->ways));
		struct evidence_way *way = &e->ways[(*count)++];
		evidence_way_find(e->index, &e->mounts, path, follow, &e->steps, way);
		if (way->node == IMAGE_NONE || !image_index_node(e->index, way->node)->target)
			return;
	}
}

int evidence_init(struct evidence *e, const struct image_index *index, const struct trace *trace, struct err *err)
{
	size_t n = trace->paths.count, count = 0, cap = 0;
	*e = (struct evidence){.index = index, .trace = trace, .first = mem_calloc(n + 1, sizeof(*e->first))};
	evidence_mounts_find(index, &e->mounts);
	for (size_t id = 0; id < n; id++) {
		int r = stop_check(err);
		if (r < 0)
			return r;
		e->first[id] = (uint32_t)count;
		add_ways(e, strset_get(&trace->paths, id), &count, &cap);
		if (e->steps.count > LIMIT_EVIDENCE_STEPS)
			return err_set(err, ERR_LIMIT, "too-many-symlinks",
				       "the paths of the trace cross too many symlinks of the image");
	}
	e->first[n] = (uint32_t)count;
	return 0;
}

void evidence_done(struct evidence *e)
{
	free(e->ways);
	free(e->first);
	evidence_steps_done(&e->steps);
	*e = (struct evidence){0};
}
