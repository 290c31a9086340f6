#include "evidence/stability.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "image/file.h"

static void mark(const struct evidence *e, struct image_files *files, size_t path, bool follow, uint32_t *seen)
{
	uint32_t node = evidence_way(e, path, follow)->node;
	if (node != IMAGE_NONE && S_ISREG(image_index_node(e->index, node)->mode))
		seen[image_files_first(files, e->index, node)] |= e->trace->entries[path].variants;
}

void evidence_stability_find(const struct evidence *e, unsigned variants, struct evidence_stability *out)
{
	CLEANUP_IMAGE_FILES struct image_files files = {0};
	const uint32_t n = image_index_count(e->index);
	*out = (struct evidence_stability){.variants = variants, .seen = mem_calloc(n, sizeof(*out->seen))};
	for (uint32_t id = 0; id < n; id++)
		if (S_ISREG(image_index_node(e->index, id)->mode))
			(void)image_files_first(&files, e->index, id);
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		const struct trace_entry *entry = &e->trace->entries[i];
		if (evidence_names(entry))
			mark(e, &files, i, false, out->seen);
		if (evidence_follows(entry))
			mark(e, &files, i, true, out->seen);
	}
	const uint32_t all = UINT32_MAX >> (32 - variants);
	for (uint32_t id = 0; id < n; id++) {
		uint32_t *seen = &out->seen[id];
		out->files += *seen != 0;
		out->files_in_some += *seen && *seen != all;
		if (*seen == all)
			*seen = 0;
	}
}

void evidence_stability_done(struct evidence_stability *s)
{
	free(s->seen);
	*s = (struct evidence_stability){0};
}
