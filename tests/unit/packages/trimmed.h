/* tests/unit/packages/trimmed.h - what the databases of a test's image are once some of its entries are gone. */
#pragma once

#include "image.h"
#include "packages/packages.h"

/* The name of the package that the entry belongs to, or "". */
static inline const char *owner(const struct packages *p, const struct test_image *m, const char *path)
{
	uint32_t n = p->owner[image_node(m, path)];
	return n == PACKAGES_NONE ? "" : p->items[n].name;
}

/* The database when only these entries remain: "path: content" of each file of it. */
static inline char *trimmed(const struct test_image *m, const char *const *paths)
{
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	CLEANUP_FREE bool *kept = mem_calloc(image_index_count(m->index), sizeof(*kept));
	kept[0] = true;
	for (; *paths; paths++)
		kept[image_node(m, *paths)] = true;
	struct packages_edits edits = {0};
	assert_int_equal(packages_trim(&p, m->index, kept, &edits, NULL), 0);
	struct buf out = {0};
	buf_str(&out, "");
	for (uint32_t id = 0; id < image_index_count(m->index); id++) {
		const struct packages_edit *e = packages_edits_find(&edits, id);
		if (!e)
			continue;
		image_index_path(m->index, id, &out);
		buf_printf(&out, ": %.*s|", (int)e->content.len, e->content.len ? e->content.data : "");
	}
	packages_edits_done(&edits);
	return buf_steal(&out);
}
