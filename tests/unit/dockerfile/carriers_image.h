/* tests/unit/dockerfile/carriers_image.h - an image, and the carriers of what is kept of it. The user who runs the test
 * owns its files; as_root makes root the owner in the index. */
#pragma once

#include "dockerfile/carriers.h"
#include "image.h"

struct carried {
	struct test_image m;
	struct keep_set k;
	struct packages_edits edits;
	struct dockerfile_carriers c;
};

static inline void carried_init(struct carried *t)
{
	*t = (struct carried){0};
	image_init(&t->m);
}

/* The nodes are const for lib/ only. */
static inline void as_root(struct test_image *m)
{
	for (uint32_t id = 0; id < image_index_count(m->index); id++) {
		struct image_node *n = (struct image_node *)image_index_node(m->index, id);
		n->uid = n->gid = 0;
	}
}

static inline void carried_keep(struct carried *t, const char *path)
{
	keep_node(&t->k, image_node(&t->m, path), KEEP_WHY(KEEP_TRACE, 0));
}

/* All below a directory. */
static inline void carried_keep_tree(struct carried *t, uint32_t id)
{
	const struct image_node *n = image_index_node(t->m.index, id);
	keep_node(&t->k, id, KEEP_WHY(KEEP_TRACE, 0));
	for (uint32_t i = 0; i < n->n_children; i++)
		carried_keep_tree(t, n->first_child + i);
}

static inline void carried_index(struct carried *t)
{
	image_index(&t->m);
	as_root(&t->m);
	keep_set_init(&t->k, t->m.index, NULL, KEEP_EXACT);
}

static inline void carried_make_one(struct carried *t, bool by_list)
{
	struct err e = {0};
	if (dockerfile_carriers_make(&t->k, &t->edits, by_list, &t->c, &e) < 0)
		fail_msg("%s", e.msg);
}

static inline void carried_make(struct carried *t)
{
	carried_make_one(t, false);
}

static inline void carried_done(struct carried *t)
{
	dockerfile_carriers_done(&t->c);
	packages_edits_done(&t->edits);
	keep_set_done(&t->k);
	image_done(&t->m);
}
#define CLEANUP_CARRIED CLEANUP(carried_done)
