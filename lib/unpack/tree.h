/* unpack/tree.h - writes the directory of one layer.
 * Spec: image-spec 1.1 layer.md (applying changesets, whiteouts), overlayfs.rst for what they become.
 * Nothing is written outside of root, nor through a symlink, whatever the entries say. Within one layer
 * a later entry replaces an earlier one; whiteouts and opaque marks hide what lower layers have, never
 * what is in the layer itself.
 * Lifetime: _new, any number of _add, _settle if _needs_parents (tree_settle.h), _finish, _free. One thread at a time,
 * and its umask must be 0 for _add. Only the directories and the hard links to lower layers are
 * remembered in memory, in all layers of an image together up to LIMIT_UNPACK_MEMORY. */
#pragma once

#include <stdatomic.h>

#include "base/cleanup.h"
#include "image/tree_check.h"
#include "layer/reader.h"

struct unpack_tree;
/* root: fd of an empty directory; memory: counts the bytes of all trees that share it; both borrowed. */
struct unpack_tree *unpack_tree_new(int root, atomic_size_t *memory);

/* Called for each block of a file's content. A negative return ends the work. */
typedef int unpack_tree_tick(void *ctx, struct err *err);
/* Writes one entry; the content of a regular file is taken from reader. Errors name the entry, escaped. */
int unpack_tree_add(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader,
		    unpack_tree_tick *tick, void *ctx, struct err *err) MUST_CHECK;

struct unpack_totals {
	uint64_t bytes, files; /* as of struct image_layer; what vanished with a replaced directory counts */
	uint64_t entries;
	bool bare_root; /* no entry was the root itself */
	char check[IMAGE_TREE_CHECK_SIZE];
};
/* The directories' metadata, which writing into them would have changed. */
int unpack_tree_finish(struct unpack_tree *t, struct unpack_totals *out, struct err *err) MUST_CHECK;
void unpack_tree_free(struct unpack_tree *t);
static inline void unpack_tree_freep(struct unpack_tree **t)
{
	unpack_tree_free(*t);
}
#define CLEANUP_UNPACK_TREE CLEANUP(unpack_tree_freep)
