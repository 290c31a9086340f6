#include "image/file.h"

static uint32_t first_of(struct image_files *f, const struct image_node *n, uint32_t node, bool *added)
{
	uint64_t *first = idmap_at(&f->firsts, n->layer, n->ino, added);
	if (*added)
		*first = node;
	return (uint32_t)*first;
}

bool image_files_add(struct image_files *f, const struct image_index *x, uint32_t node)
{
	bool added;
	(void)first_of(f, image_index_node(x, node), node, &added);
	return added;
}

uint32_t image_files_first(struct image_files *f, const struct image_index *x, uint32_t node)
{
	const struct image_node *n = image_index_node(x, node);
	bool added;
	return n->nlink < 2 ? node : first_of(f, n, node, &added);
}

void image_files_done(struct image_files *f)
{
	idmap_done(&f->firsts);
}
