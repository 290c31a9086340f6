#include "image/file.h"

#include <stdlib.h>

#include "base/mem.h"

static uint32_t first_of(struct image_files *f, const struct rootfs_node *n, uint32_t node, bool *added)
{
	const struct image_file key = image_file_of(n);
	size_t id = strset_add_len(&f->set, (const char *)&key, sizeof(key), added);
	if (*added) {
		f->firsts = mem_grow(f->firsts, id, &f->cap, sizeof(*f->firsts));
		f->firsts[id] = node;
	}
	return f->firsts[id];
}

bool image_files_add(struct image_files *f, const struct rootfs_index *x, uint32_t node)
{
	bool added;
	(void)first_of(f, rootfs_index_node(x, node), node, &added);
	return added;
}

uint32_t image_files_first(struct image_files *f, const struct rootfs_index *x, uint32_t node)
{
	const struct rootfs_node *n = rootfs_index_node(x, node);
	bool added;
	return n->nlink < 2 ? node : first_of(f, n, node, &added);
}

void image_files_done(struct image_files *f)
{
	strset_done(&f->set);
	free(f->firsts);
	*f = (struct image_files){0};
}
