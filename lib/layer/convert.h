/* layer/convert.h - checks an entry that libarchive has read, and converts it into a struct layer_entry. */
#pragma once

#include "base/buf.h"
#include "layer/entry.h"

struct archive_entry;

/* All zero = none yet; used again for every entry. */
struct layer_converted {
	struct layer_entry entry;
	struct buf path, link; /* what entry.path and entry.link point to */
};
void layer_converted_done(struct layer_converted *c);

/* from has a pathname. ERR_CORRUPT for a path that leaves the root, an impossible owner, or a link without a target;
 * ERR_LIMIT above limits.h. The message does not name the entry: the caller does. */
int layer_convert_entry(struct archive_entry *from, struct layer_converted *c, struct err *err) MUST_CHECK;
