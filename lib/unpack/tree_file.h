/* unpack/tree_file.h - writes the entries of a layer that are neither directories nor hard links; for tree*.c only. */
#pragma once

#include "layer/reader.h"
#include "unpack/tree_private.h"

/* Writes a regular file; its content is taken from reader. tick as in tree.h. */
int unpack_tree_add_file(struct unpack_tree *t, const struct layer_entry *e, struct layer_reader *reader,
			 int (*tick)(void *ctx, struct err *err), void *ctx, struct err *err) MUST_CHECK;
/* Writes a symlink, device, fifo or socket. */
int unpack_tree_add_other(struct unpack_tree *t, const struct layer_entry *e, struct err *err) MUST_CHECK;

/* Sets the entry's xattrs on parent/name; the default ACL of a directory is left out. */
int unpack_tree_set_xattrs(int parent, const char *name, const struct layer_entry *e, struct err *err) MUST_CHECK;
