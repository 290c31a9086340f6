/* unpack/tree_file.h - the entries of a layer being written that are neither directories nor hard links; for tree*.c
 * only. */
#pragma once

#include "layer/reader.h"
#include "unpack/tree_private.h"

/* Called for each block of content; ends the work if it is negative. */
typedef int unpack_tree_tick(void *ctx, struct err *err);
/* A regular file; its content is taken from reader. */
int unpack_tree_add_file(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader,
			 unpack_tree_tick *tick, void *ctx, struct err *err) MUST_CHECK;
/* A symlink, device, fifo or socket. */
int unpack_tree_add_other(struct unpack_tree *t, const struct layer_entry *e, struct err *err) MUST_CHECK;

/* The entry's xattrs onto parent/name; the default ACL of a directory is left out. */
int unpack_tree_set_xattrs(int parent, const char *name, const struct layer_entry *e, struct err *err) MUST_CHECK;
