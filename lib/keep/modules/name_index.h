/* keep/modules/name_index.h - finds the files of an image by their name alone, in whatever directory they are.
 * Lifetime: _init reads the index once, any number of _find, _done. Not thread-safe. */
#pragma once

#include "base/strset.h"
#include "image/index.h"

struct keep_name_index {
	struct strset names;
	struct keep_name_entry {
		uint32_t name, node; /* name: id in names */
	} * items;                   /* sorted by name, then by node */
	size_t count, cap;
};

/* All files and symlinks whose name has one of the endings (NULL ends the list). */
void keep_name_index_init(struct keep_name_index *n, const struct image_index *x, const char *const *endings);
void keep_name_index_done(struct keep_name_index *n);

/* Those of that name; *count: how many. */
const struct keep_name_entry *keep_name_index_find(const struct keep_name_index *n, const char *name, size_t *count);
