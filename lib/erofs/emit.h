/* erofs/emit.h - writes an image that is laid out. */
#pragma once

#include "erofs/tree.h"

/* inodes, size: from erofs_layout_make; uuid: 16 bytes; out: an empty file. */
int erofs_emit(const struct erofs_tree *t, uint64_t inodes, uint64_t size, uint64_t tar_size, const void *uuid, int out,
	       struct err *err) MUST_CHECK;
