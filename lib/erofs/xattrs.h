/* erofs/xattrs.h - the extended attributes of one inode as EROFS stores them behind it.
 * They are stored under the names that unpacking would give them (image/substitute.h), so that the overlay and the
 * index read both alike. */
#pragma once

#include "base/buf.h"
#include "layer/entry.h"

/* Appends them, or nothing if there are none; len becomes a multiple of 4. ERR_UNSUPPORTED: one is too long, or not one
 * that a file of this kind can have. */
int erofs_xattrs_append(const struct layer_entry *e, struct buf *out, struct err *err) MUST_CHECK;
